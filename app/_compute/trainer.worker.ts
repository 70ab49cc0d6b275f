/**
 * Entry of the worker that runs the training loop: on the graphics card where there is a real one, else with a worker for each
 * core to spare, or alone where there is just one.
 */
import { chooseTrainer, forLongRuns } from '#lib/engine/choose';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import { rehearse } from '#lib/engine/rehearse';
import { serveTrainer, type Introduction } from '#lib/engine/remote';
import type { Trainer } from '#lib/engine/trainer';
import { norms } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import { withSweepFrames } from '#lib/runs/sweep-frame';
import { ANY_ADAPTER, openGraphics } from './graphics.ts';
import { PORTABLE } from './portable.ts';
import { nextTask } from './next-task.ts';
import { ownPort, workerPort } from './web-worker-port.ts';
import { spareCores } from './spare-cores.ts';

const fused = createFusedTrainer({
  // With one core to spare, a second thread would only wait for this one.
  workers: spareCores() === 1 ? 0 : spareCores(),
  // Turbopack recognises exactly this form and makes the worker a bundle of its own.
  spawn: () => workerPort(new Worker(new URL('./fused.worker.ts', import.meta.url), { type: 'module' })),
});
const clock = { now: () => performance.now(), breathe: nextTask };

/** Nothing whose bits are this machine's own. */
const isPortable = self.name === PORTABLE;

/** Fastest first, the last takes every spec. */
type Trainers = readonly [Trainer, ...Trainer[]];
const processors: Trainers =
  fused.relaxed && !isPortable
    ? [forLongRuns(fused.relaxed), fused, createReferenceTrainer()]
    : [fused, createReferenceTrainer()];
/** Nobody waits for a card: a run that begins before it has answered is trained without. */
let trainers = processors;

const firstOf = (present: () => Trainers): Trainer => ({
  engine: fused.engine,
  refuses: () => undefined,
  train: (spec, host) =>
    withSweepFrames(spec, chooseTrainer(spec, present()).trainer.train(spec, host), { norms, superposition }),
});

const introduce = serveTrainer(
  ownPort,
  firstOf(() => trainers),
  clock,
);
fused.warm();
void introduceProcessors();
if (!isPortable) void findGraphics();

async function findGraphics(): Promise<void> {
  const standby = firstOf(() => processors);
  const graphics = await openGraphics(standby, self.name === ANY_ADAPTER);
  if (typeof graphics === 'string') return;
  // Else the first frame of the first run waits for its code to be compiled.
  await rehearse(graphics.trainer, clock);
  trainers = [graphics.trainer, ...processors];
  introduce(introduction());
  await graphics.lost;
  trainers = processors;
  introduce(introduction());
}

/** Vector instructions a second of the fused engine, once it was rehearsed. */
let workPerSecond: number | null = null;

async function introduceProcessors(): Promise<void> {
  workPerSecond = await rehearse(fused, clock);
  introduce(introduction());
}

/** A card's time is not told by the work: it is bound by what a step of few models leaves idle. */
const introduction = (): Introduction => {
  const onCard = !processors.includes(trainers[0]);
  return { engine: onCard ? trainers[0].engine : fused.engine, workPerSecond: onCard ? null : workPerSecond };
};
