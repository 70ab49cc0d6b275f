/** Entry of the worker that runs the training loop: alone where there is one core to spare, else with a worker for each. */
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { serveTrainer } from '#lib/engine/remote';
import { nextTask } from './next-task.ts';
import { ownPort, workerPort } from './web-worker-port.ts';
import { spareCores } from './spare-cores.ts';

const trainer = createFusedTrainer({
  // With one core to spare, a second thread would only wait for this one.
  workers: spareCores() === 1 ? 0 : spareCores(),
  // Turbopack recognises exactly this form and makes the worker a bundle of its own.
  spawn: () => workerPort(new Worker(new URL('./fused.worker.ts', import.meta.url), { type: 'module' })),
});
trainer.warm();
serveTrainer(ownPort, trainer, { now: () => performance.now(), breathe: nextTask });
