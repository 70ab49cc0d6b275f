/** Entry of a training thread. */
import { parentPort } from 'node:worker_threads';
import { present } from '#lib/base/assert';
import { serveSlices } from '#lib/engine/fused/protocol';

const port = present(parentPort, "a worker's port");
serveSlices({
  post: (message) => port.postMessage(message),
  onMessage: (receive) => port.on('message', receive),
});
