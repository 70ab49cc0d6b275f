/**
 * Entry of the worker that runs the training loop: on the graphics card where there is a real one, else with a worker for each
 * core to spare, or alone where there is just one.
 */
import { CHOOSE_ANOTHER, chooseNamed, chooseTrainer, forLongRuns } from '#lib/engine/choose';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import { rehearse } from '#lib/engine/rehearse';
import { serveTrainer, type Introduction } from '#lib/engine/remote';
import type { Trainer, TrainerHost } from '#lib/engine/trainer';
import { norms } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import type { EngineOffer, RunEvent } from '#lib/runs/events';
import { withSweepFrames } from '#lib/runs/sweep-frame';
import type { RunSpec } from '#lib/spec/spec';
import { ANY_ADAPTER, openGraphics, type Graphics } from './graphics.ts';
import { PORTABLE } from './portable.ts';
import { isTfjsBackend, TFJS_BACKENDS } from './tfjs-backends.ts';
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

const reference = createReferenceTrainer();

/** Nothing whose bits are this machine's own. */
const isPortable = self.name === PORTABLE;

/** Fastest first, the last takes every spec. */
type Trainers = readonly [Trainer, ...Trainer[]];
const processors: Trainers =
  fused.relaxed && !isPortable ? [forLongRuns(fused.relaxed), fused, reference] : [fused, reference];
/** The card, where one was found; else why not. */
let graphics: Graphics | undefined;
let noGraphics = 'A graphics card is still being looked for.';
/** Nobody waits for a card: a run that begins before it has answered is trained without. */
let trainers = processors;

/** By name, from the next run on; null: the first of `trainers` that takes the spec. */
let preferred: string | null = null;

const firstOf = (present: () => Trainers): Trainer => ({
  engine: fused.engine,
  refuses: () => undefined,
  train: (spec, host) => chooseTrainer(spec, present()).trainer.train(spec, host),
});

/** What a run begins with; one that was asked for by name and cannot be had is an error that says so. */
async function* trainAsAsked(spec: RunSpec, host: TrainerHost): AsyncGenerator<RunEvent, void, void> {
  const trainer =
    preferred === null ? firstOf(() => trainers) : chooseNamed(spec, await trainerNamed(preferred)).trainer;
  // Here alone: a card that is lost goes on with other trainers, whose frames come through it.
  yield* withSweepFrames(spec, trainer.train(spec, host), { norms, superposition });
}

async function trainerNamed(name: string): Promise<Trainer> {
  if (name.endsWith('-webgpu')) await searched;
  const missing = offers().find((offer) => offer.name === name)?.missing;
  if (typeof missing === 'string') throw new Error(`${missing} ${CHOOSE_ANOTHER}`);
  if (name === 'tfjs-webgpu' && graphics !== undefined) return graphics.loadTfjs();
  if (isTfjsBackend(name)) return (await import('./tfjs.ts')).loadTfjs(name);
  const held = [graphics?.trainer, fused.relaxed, fused, reference].find((trainer) => trainer?.engine.name === name);
  if (held === undefined) throw new Error(`There is no engine ${name} in this browser: choose another.`);
  return held;
}

const introduce = serveTrainer(
  ownPort,
  { engine: fused.engine, refuses: () => undefined, train: trainAsAsked },
  clock,
  (engine) => (preferred = engine),
);
fused.warm();
void introduceProcessors();
/** Settles once a card was found, or none. */
const searched = isPortable ? Promise.resolve() : findGraphics();

async function findGraphics(): Promise<void> {
  const standby = firstOf(() => processors);
  const found = await openGraphics(standby, self.name === ANY_ADAPTER);
  if (typeof found === 'string') {
    noGraphics = found;
    introduce(introduction());
    return;
  }
  // Else the first frame of the first run waits for its code to be compiled.
  await rehearse(found.trainer, clock);
  graphics = found;
  trainers = [found.trainer, ...processors];
  introduce(introduction());
  void leaveWhenLost(found);
}

async function leaveWhenLost({ lost }: Graphics): Promise<void> {
  await lost;
  [graphics, noGraphics] = [undefined, 'The graphics device was lost. Reload the page to find it again.'];
  trainers = processors;
  introduce(introduction());
}

function offers(): readonly EngineOffer[] {
  const offer = (name: string, missing: string | null = null): EngineOffer => ({ name, missing });
  const withoutCard = graphics === undefined ? noGraphics : null;
  return [
    offer('fused-webgpu', withoutCard),
    offer('fused-wasm+relaxed', fused.relaxed === undefined ? 'This browser has no relaxed SIMD.' : null),
    offer(fused.engine.name),
    offer('tfjs-webgpu', withoutCard),
    ...TFJS_BACKENDS.map((name) => offer(name)),
    offer(reference.engine.name),
  ];
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
  const engine = onCard ? trainers[0].engine : fused.engine;
  return { engine, workPerSecond: onCard ? null : workPerSecond, offers: offers() };
};
