/** A Web Worker as the engines know a worker. Works in a page and in a worker. */
import type { Port, WorkerPort } from '#lib/engine/fused/port';

export function workerPort(worker: Worker): WorkerPort {
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    onMessage: (receive) => worker.addEventListener('message', ({ data }) => receive(data)),
    onFailure: (fail) =>
      worker.addEventListener('error', ({ message }) => {
        fail(new Error(`A training worker failed${message ? ` (${message})` : ''}; reload the page and start again.`));
      }),
    terminate: () => worker.terminate(),
  };
}

/** Inside a worker: the line to whoever started it. */
export const ownPort: Port = {
  post: (message) => postMessage(message),
  onMessage: (receive) => addEventListener('message', ({ data }) => receive(data)),
};
