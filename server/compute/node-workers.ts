/** Training threads of Node, as the fused engine wants them. */
import { Worker } from 'node:worker_threads';
import type { WorkerPort } from '#lib/engine/fused/port';
import { typescriptThread } from './typescript.ts';

export function spawnNodeWorker(): WorkerPort {
  const worker = new Worker(typescriptThread(new URL('./fused-worker.ts', import.meta.url)));
  let ended = false;
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    onMessage: (receive) => worker.on('message', receive),
    onFailure: (fail) => {
      worker.on('error', fail);
      worker.on('exit', (code) => {
        if (!ended) fail(new Error(`A training thread ended unexpectedly (exit code ${code}); start the run again.`));
      });
    },
    terminate: () => {
      ended = true;
      void worker.terminate();
    },
  };
}
