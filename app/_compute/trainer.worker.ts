/**
 * Entry of the worker that runs the training loop: on the graphics card where there is a real one, else with a worker for each
 * core to spare, or alone where there is just one.
 */
import { chooseTrainer, forLongRuns } from '#lib/engine/choose';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createTrainerHost } from '#lib/engine/host';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import { serveTrainer, type Introduction } from '#lib/engine/remote';
import type { Trainer } from '#lib/engine/trainer';
import { workOfStep } from '#lib/engine/work';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { ANY_ADAPTER, openGraphics } from './graphics.ts';
import { PORTABLE } from './portable.ts';
import { nextTask } from './next-task.ts';
import { ownPort, workerPort } from './web-worker-port.ts';
import { spareCores } from './spare-cores.ts';

/** Enough for the step's code to be optimised, and then, in some milliseconds, for its pace to be seen. */
const REHEARSED_STEPS = 50;
const CALIBRATED_STEPS = 150;

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
  train: (spec, host) => chooseTrainer(spec, present()).trainer.train(spec, host),
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
  await rehearse(graphics.trainer);
  trainers = [graphics.trainer, ...processors];
  introduce(introduction());
  await graphics.lost;
  trainers = processors;
  introduce(introduction());
}

/** Vector instructions a second of the fused engine, once it was rehearsed. */
let workPerSecond: number | null = null;

async function introduceProcessors(): Promise<void> {
  workPerSecond = await rehearse(fused);
  introduce(introduction());
}

/** A card's time is not told by the work: it is bound by what a step of few models leaves idle. */
const introduction = (): Introduction => {
  const onCard = !processors.includes(trainers[0]);
  return { engine: onCard ? trainers[0].engine : fused.engine, workPerSecond: onCard ? null : workPerSecond };
};

/** Trains a little for nobody, else the first frame of the first run waits for this code to be compiled → vector instructions a second. */
async function rehearse(trainer: Trainer): Promise<number> {
  const spec = resolve({ ...DEFAULT_PARAMETERS, replicas: 1 });
  const host = createTrainerHost({ ...clock, target: REHEARSED_STEPS });
  let [begun, took] = [clock.now(), NaN];
  for await (const event of trainer.train(spec, host)) {
    if (event.type !== 'paused') continue;
    took = clock.now() - begun;
    begun = clock.now();
    host.setTarget(event.step === REHEARSED_STEPS ? REHEARSED_STEPS + CALIBRATED_STEPS : 'stop');
  }
  return (1_000 * CALIBRATED_STEPS * workOfStep(spec)) / took;
}
