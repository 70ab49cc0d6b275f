/**
 * What every engine does around its arithmetic: how far to train before the next look at the clock, and what to say when. An
 * engine is a `Stepper`; its trainer is this loop around it.
 */
import { at, type Numbers } from '#lib/base/matrix';
import type { Checkpoint, EngineName, RunEvent } from '#lib/runs/events';
import { keptSteps } from '#lib/runs/timeline';
import { cellCount } from '#lib/spec/cells';
import { amend, amendAll, type Amendment, type SpecChange } from '#lib/spec/change';
import { weightsHash } from '#lib/spec/hash';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import { toCheckpoint, toState, weightTensors } from './checkpoint.ts';
import { initialCheckpoint } from './initial.ts';
import { withRevision } from './revision.ts';
import { sweepLoop } from './sweep-loop.ts';
import { nextChunk, type OpenStepper, type Stepper } from './stepper.ts';
import { CHECKPOINT_INTERVAL_MS, FRAME_INTERVAL_MS, METRICS_INTERVAL_MS, type TrainerHost } from './trainer.ts';

/** `Trainer.train` of every engine. */
export async function* trainingLoop(
  spec: RunSpec,
  host: TrainerHost,
  engine: EngineName,
  open: OpenStepper,
): RunEvents {
  if (isSweep(spec)) {
    yield* sweepLoop(spec, host, engine, open);
    return;
  }
  const from = host.from ?? initialCheckpoint(spec);
  const progress = startingAt(from, host.now());
  const made = host.amendments ?? [];
  const present = amendAll(
    spec,
    made.filter(({ step }) => step <= from.step),
  );
  const planned = made.filter(({ step }) => step > from.step);
  let training: Training | undefined;
  try {
    const stepper = await open(present, from.step, toState(spec, from));
    training = { spec: present, host, open, stepper, progress, planned, kept: keptSteps(spec.steps) };
    yield { type: 'started', engine: withRevision(engine, spec) };
    yield* train(training);
  } catch (error) {
    yield { type: 'failed', step: progress.step, message: error instanceof Error ? error.message : String(error) };
  } finally {
    training?.stepper.dispose();
  }
}

type RunEvents = AsyncGenerator<RunEvent, void, void>;

interface Training {
  /** In force at the step reached. */
  spec: RunSpec;
  readonly host: TrainerHost;
  readonly open: OpenStepper;
  stepper: Stepper;
  /** Changes to be made at steps ahead, ascending. */
  planned: readonly Amendment[];
  readonly progress: Progress;
  readonly kept: readonly number[];
}

interface Progress {
  step: number;
  /** Steps of the next chunk. */
  chunk: number;
  /** ms spent in `advance`, by those who trained before too. */
  trained: number;
  /** [I] of the last step; undefined before the first. */
  loss: Numbers | undefined;
  stepsPerSecond: number;
  /** The pace was measured over a full interval. */
  paced: boolean;
  readonly last: Record<'frame' | 'metrics' | 'checkpoint' | 'pace', Mark>;
}

/** Where and when a thing was last done: step, and ms on the host's clock (for the pace, ms of training). */
interface Mark {
  readonly step: number;
  readonly at: number;
}

const NEVER = -1;

function startingAt({ step, seconds }: Checkpoint, at: number): Progress {
  const never = { step: NEVER, at };
  const trained = seconds * 1_000;
  const last = { frame: never, metrics: never, checkpoint: never, pace: { step, at: trained } };
  return { step, chunk: 1, trained, loss: undefined, stepsPerSecond: 0, paced: false, last };
}

async function* train(training: Training): RunEvents {
  const { spec, host, progress, kept } = training;
  yield* emitFrame(training);
  while (progress.step < spec.steps) {
    const target = host.target();
    if (target === 'stop') return yield* stop(training);
    if (target <= progress.step) {
      yield* pause(training);
      continue;
    }
    yield* amendDue(training);
    const nextKept = kept.find((step) => step > progress.step) ?? spec.steps;
    const nextPlanned = training.planned[0]?.step ?? spec.steps;
    await advance(training, Math.min(progress.step + progress.chunk, nextKept, nextPlanned, target));
    yield* emitDue(training);
    await host.breathe();
  }
  yield* finish(training);
}

/** What was changed at this step before, and what is asked for now. */
async function* amendDue(training: Training): RunEvents {
  const { host, progress, planned } = training;
  const { step } = progress;
  for (const { change } of planned.filter((amendment) => amendment.step <= step)) await amendNow(training, change);
  training.planned = planned.filter((amendment) => amendment.step > step);
  for (let change = host.nextChange?.(); change !== undefined; change = host.nextChange?.()) {
    await amendNow(training, change);
    yield { type: 'amended', step, change };
  }
}

/** The same state under another spec: what an engine does when it goes on from a checkpoint, so that a replay has the same bits. */
async function amendNow(training: Training, change: SpecChange): Promise<void> {
  const { spec, stepper, open, progress } = training;
  const state = toState(spec, toCheckpoint(spec, { step: progress.step, seconds: 0 }, await stepper.state()));
  stepper.dispose();
  // Should the next one not open, this one is not let go twice.
  training.stepper = { ...stepper, dispose: () => undefined };
  training.spec = amend(spec, change);
  training.stepper = await open(training.spec, progress.step, state);
}

async function advance({ host, stepper, progress }: Training, step: number): Promise<void> {
  const before = host.now();
  progress.loss = await stepper.advance(step);
  const elapsed = host.now() - before;
  progress.chunk = nextChunk(step - progress.step, elapsed);
  progress.step = step;
  progress.trained += elapsed;
  measurePace(progress);
}

/** Steps per second over at least a metrics interval of training; until one is full, since the start. */
function measurePace(progress: Progress): void {
  const { step, trained, last } = progress;
  const elapsed = trained - last.pace.at;
  const full = elapsed >= METRICS_INTERVAL_MS;
  if (elapsed > 0 && (full || !progress.paced)) progress.stepsPerSecond = ((step - last.pace.step) * 1_000) / elapsed;
  if (!full) return;
  last.pace = { step, at: trained };
  progress.paced = true;
}

async function* emitDue(training: Training): RunEvents {
  const { host, progress, kept } = training;
  const isKept = kept.includes(progress.step);
  const isDue = ({ at }: Mark, interval: number): boolean => host.now() - at >= interval;
  if (isKept || isDue(progress.last.frame, FRAME_INTERVAL_MS)) yield* emitFrame(training);
  if (isKept || isDue(progress.last.metrics, METRICS_INTERVAL_MS)) yield* emitMetrics(training);
  if (isDue(progress.last.checkpoint, CHECKPOINT_INTERVAL_MS)) yield* emitCheckpoint(training);
}

/** Everything about the step reached that was not said yet: before a pause or an end. */
async function* emitAll(training: Training): RunEvents {
  const { step, last } = training.progress;
  if (last.frame.step !== step) yield* emitFrame(training);
  if (last.metrics.step !== step) yield* emitMetrics(training);
  if (last.checkpoint.step !== step) yield* emitCheckpoint(training);
}

async function* emitFrame({ spec, host, stepper, progress, kept }: Training): RunEvents {
  const { step, last } = progress;
  last.frame = { step, at: host.now() };
  const tensors = weightTensors(spec, await stepper.weights());
  yield { type: 'frame', frame: { step, from: 0, kept: kept.includes(step), tensors } };
}

function* emitMetrics({ spec, host, progress }: Training): Generator<RunEvent, void, void> {
  const { step, trained, loss, stepsPerSecond, last } = progress;
  if (loss === undefined) return;
  last.metrics = { step, at: host.now() };
  yield { type: 'metrics', step, seconds: trained / 1_000, stepsPerSecond, loss: cellMeans(loss, cellCount(spec)) };
}

async function* emitCheckpoint({ spec, host, stepper, progress }: Training): RunEvents {
  const { step, trained, last } = progress;
  last.checkpoint = { step, at: host.now() };
  const state = await stepper.state();
  yield { type: 'checkpoint', checkpoint: toCheckpoint(spec, { step, seconds: trained / 1_000 }, state) };
}

/** Waits at this step until the host lets training go on, or stops it. */
async function* pause(training: Training): RunEvents {
  const { host, progress } = training;
  const { step } = progress;
  yield* emitAll(training);
  yield { type: 'paused', step };
  let target = host.target();
  while (target !== 'stop' && target <= step) {
    await host.targetChanged();
    yield* amendDue(training);
    target = host.target();
  }
  if (target !== 'stop') yield { type: 'resumed', step };
}

async function* stop(training: Training): RunEvents {
  yield* emitAll(training);
  yield { type: 'stopped', step: training.progress.step };
}

async function* finish(training: Training): RunEvents {
  const { spec, stepper, progress } = training;
  yield* emitAll(training);
  const evaluationLoss = await stepper.evaluate();
  const weights = weightTensors(spec, await stepper.weights());
  const { step, trained } = progress;
  const hash = weightsHash(...weights.map(({ data }) => data));
  yield { type: 'finished', step, seconds: trained / 1_000, evaluationLoss, weightsHash: hash };
}

/** loss [cells · replicas] → mean over a cell's replicas [cells]. */
function cellMeans(loss: Numbers, cells: number): readonly number[] {
  const replicas = loss.length / cells;
  return Array.from({ length: cells }, (_, cell) => {
    let sum = 0;
    for (let replica = 0; replica < replicas; replica++) sum += at(loss, cell * replicas + replica);
    return sum / replicas;
  });
}
