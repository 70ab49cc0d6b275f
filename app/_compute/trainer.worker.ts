/** Entry of the worker that runs the training loop: alone where there is one core to spare, else with a worker for each. */
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createTrainerHost } from '#lib/engine/host';
import { serveTrainer } from '#lib/engine/remote';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { nextTask } from './next-task.ts';
import { ownPort, workerPort } from './web-worker-port.ts';
import { spareCores } from './spare-cores.ts';

/** Enough for the step's code to be optimised. */
const REHEARSED_STEPS = 50;

const trainer = createFusedTrainer({
  // With one core to spare, a second thread would only wait for this one.
  workers: spareCores() === 1 ? 0 : spareCores(),
  // Turbopack recognises exactly this form and makes the worker a bundle of its own.
  spawn: () => workerPort(new Worker(new URL('./fused.worker.ts', import.meta.url), { type: 'module' })),
});
const clock = { now: () => performance.now(), breathe: nextTask };
serveTrainer(ownPort, trainer, clock);
trainer.warm();
void rehearse();

/** Trains a little for nobody: else the first frame of the first run waits for this code to be compiled. */
async function rehearse(): Promise<void> {
  const spec = resolve({ ...DEFAULT_PARAMETERS, replicas: 1 });
  const host = createTrainerHost({ ...clock, target: REHEARSED_STEPS });
  for await (const event of trainer.train(spec, host)) if (event.type === 'paused') host.setTarget('stop');
}
