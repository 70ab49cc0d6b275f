/**
 * What an engine does around its arithmetic in a sweep (`lib/spec/tiles`): tile after tile, each from its first step to its last. It holds
 * one tile's state and no more; of a tile that is done, its last frame and the hash of its weights are what is left.
 */
import { assert, present } from '#lib/base/assert';
import { at, rowOf, type Numbers } from '#lib/base/matrix';
import { weightNames } from '#lib/model/toy';
import type { Checkpoint, EngineName, RunEvent } from '#lib/runs/events';
import { TILE_LOSS } from '#lib/runs/sweep-frame';
import type { Tensor } from '#lib/runs/tensor-pack';
import { cellCount, instanceCount } from '#lib/spec/cells';
import { nextWeightsHash } from '#lib/spec/hash';
import type { RunSpec } from '#lib/spec/spec';
import { stepInTile, sweepStep, tilesOf, tileSpec } from '#lib/spec/tiles';
import { heldBy, toCheckpoint, toState, weightTensors, type Weights } from './checkpoint.ts';
import { initialCheckpoint } from './initial.ts';
import { withRevision } from './revision.ts';
import { nextChunk, type OpenStepper, type Stepper } from './stepper.ts';
import { CHECKPOINT_INTERVAL_MS, FRAME_INTERVAL_MS, METRICS_INTERVAL_MS, type TrainerHost } from './trainer.ts';

type RunEvents<Result = void> = AsyncGenerator<RunEvent, Result, void>;

/** `Trainer.train` of a sweep. */
export async function* sweepLoop(spec: RunSpec, host: TrainerHost, engine: EngineName, open: OpenStepper): RunEvents {
  let sweep: Sweep | undefined;
  try {
    sweep = createSweep(spec, host);
    yield { type: 'started', engine: withRevision(engine, spec) };
    while (sweep.tile < sweep.tiles.length) if (!(yield* trainTile(sweep, open))) return;
    yield { type: 'finished', step: spec.steps, ...secondsOf(sweep), evaluationLoss: [], weightsHash: sweep.hash };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    yield { type: 'failed', step: sweep === undefined ? 0 : stepOf(sweep), message };
  }
}

interface Sweep {
  readonly spec: RunSpec;
  readonly host: TrainerHost;
  readonly tiles: ReturnType<typeof tilesOf>;
  /** Which of them is trained. */
  tile: number;
  /** Steps that its instances have behind them. */
  step: number;
  /** Of the weights of all cells before the tile. */
  hash: string;
  /** What the tile goes on from, until it was opened. */
  from: Checkpoint | undefined;
  /** ms spent in `advance`, by those who trained before too. */
  trained: number;
  chunk: number;
  loss: Numbers | undefined;
  /** Of the sweep, over the last chunk. */
  stepsPerSecond: number;
  /** Host's clock, ms. */
  readonly last: Record<'frame' | 'metrics' | 'checkpoint', number>;
}

function createSweep(spec: RunSpec, host: TrainerHost): Sweep {
  const { from } = host;
  const tiles = tilesOf(spec);
  const tile = from === undefined ? 0 : tiles.findIndex(({ first }) => first * spec.replicas === from.from);
  assert(tile >= 0, `no tile of this sweep begins with instance ${String(from?.from)} of the checkpoint`);
  const now = host.now();
  return {
    ...{ spec, host, tiles, tile, step: from?.tile?.step ?? 0, hash: from?.tile?.hash ?? '', from },
    ...{ trained: 1_000 * (from?.seconds ?? 0), chunk: 1, loss: undefined, stepsPerSecond: 0 },
    last: { frame: now, metrics: now, checkpoint: now },
  };
}

const stepOf = ({ spec, tiles, tile, step }: Sweep): number => sweepStep(spec, tiles.length, tile, step);
const secondsOf = ({ trained }: Sweep): { readonly seconds: number } => ({ seconds: trained / 1_000 });
const tileNow = ({ spec, tiles, tile }: Sweep): RunSpec => tileSpec(spec, present(tiles[tile], 'a tile'));
const firstInstance = (sweep: Sweep): number => (tileNow(sweep).window?.first ?? 0) * sweep.spec.replicas;

/** From where the tile stands to its end, → true; false where the host ended the run. */
async function* trainTile(sweep: Sweep, open: OpenStepper): RunEvents<boolean> {
  const { spec, host } = sweep;
  const tile = tileNow(sweep);
  const from = sweep.from ?? initialCheckpoint(tile);
  if (host.target() === 'stop') return yield* stopBefore(sweep, from);
  const stepper = await open(tile, sweep.step, toState(tile, from));
  sweep.from = undefined;
  try {
    while (sweep.step < spec.steps) {
      const target = host.target();
      if (target === 'stop') return yield* stop(sweep, stepper);
      if (target <= stepOf(sweep)) yield* pause(sweep, stepper);
      else {
        await advance(sweep, stepper, target);
        yield* emitDue(sweep, stepper);
        await host.breathe();
      }
    }
    yield* finishTile(sweep, stepper);
  } finally {
    stepper.dispose();
  }
  return true;
}

async function advance(sweep: Sweep, stepper: Stepper, target: number): Promise<void> {
  const { spec, host, tiles, tile, step, chunk } = sweep;
  const to = Math.min(step + chunk, stepInTile(spec, tiles.length, tile, target));
  const before = host.now();
  sweep.loss = await stepper.advance(to);
  const elapsed = host.now() - before;
  sweep.chunk = nextChunk(to - step, elapsed);
  sweep.step = to;
  sweep.trained += elapsed;
  if (elapsed > 0) sweep.stepsPerSecond = ((to - step) * 1_000) / (elapsed * tiles.length);
}

async function* emitDue(sweep: Sweep, stepper: Stepper): RunEvents {
  const { host, last } = sweep;
  const isDue = (at: number, interval: number): boolean => host.now() - at >= interval;
  // The last step's frame has the loss besides: `finishTile`.
  if (sweep.step < sweep.spec.steps && isDue(last.frame, FRAME_INTERVAL_MS)) yield* emitFrame(sweep, stepper);
  if (isDue(last.metrics, METRICS_INTERVAL_MS)) yield* emitMetrics(sweep);
  if (isDue(last.checkpoint, CHECKPOINT_INTERVAL_MS)) yield* emitCheckpoint(sweep, stepper);
}

async function* emitFrame(sweep: Sweep, stepper: Stepper): RunEvents {
  sweep.last.frame = sweep.host.now();
  const tensors = weightTensors(tileNow(sweep), await stepper.weights());
  yield { type: 'frame', frame: { step: stepOf(sweep), from: firstInstance(sweep), kept: false, tensors } };
}

/** One loss: the mean over the models of the tile. A sweep has more cells than a curve has use for. */
function* emitMetrics(sweep: Sweep): Generator<RunEvent, void, void> {
  const { loss, stepsPerSecond, host } = sweep;
  if (loss === undefined) return;
  sweep.last.metrics = host.now();
  const mean = sumOf(loss) / loss.length;
  yield { type: 'metrics', step: stepOf(sweep), ...secondsOf(sweep), stepsPerSecond, loss: [mean] };
}

function sumOf(numbers: Numbers): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += at(numbers, i);
  return sum;
}

async function* emitCheckpoint(sweep: Sweep, stepper: Stepper): RunEvents {
  const { host, step, hash } = sweep;
  sweep.last.checkpoint = host.now();
  const held = toCheckpoint(tileNow(sweep), { step: stepOf(sweep), ...secondsOf(sweep) }, await stepper.state());
  yield { type: 'checkpoint', checkpoint: { ...held, from: firstInstance(sweep), tile: { step, hash } } };
}

async function* pause(sweep: Sweep, stepper: Stepper): RunEvents {
  const { host } = sweep;
  const step = stepOf(sweep);
  yield* emitMetrics(sweep);
  yield* emitCheckpoint(sweep, stepper);
  yield { type: 'paused', step };
  let target = host.target();
  while (target !== 'stop' && target <= step) {
    await host.targetChanged();
    target = host.target();
  }
  if (target !== 'stop') yield { type: 'resumed', step };
}

async function* stop(sweep: Sweep, stepper: Stepper): RunEvents<false> {
  yield* emitMetrics(sweep);
  yield* emitCheckpoint(sweep, stepper);
  yield { type: 'stopped', step: stepOf(sweep) };
  return false;
}

/** Between tiles: what the next would go on from is known, and an engine need not be opened for it. */
function* stopBefore(sweep: Sweep, { tensors }: Checkpoint): Generator<RunEvent, false, void> {
  const { step, hash } = sweep;
  const place = { step: stepOf(sweep), from: firstInstance(sweep), tile: { step, hash } };
  yield { type: 'checkpoint', checkpoint: { ...place, ...secondsOf(sweep), tensors } };
  yield { type: 'stopped', step: place.step };
  return false;
}

/** Its last frame, which is kept and has the evaluation loss of each instance besides; the next tile's turn. */
async function* finishTile(sweep: Sweep, stepper: Stepper): RunEvents {
  const spec = tileNow(sweep);
  yield* emitMetrics(sweep);
  if (sweep.tile === sweep.tiles.length - 1) yield* emitCheckpoint(sweep, stepper);
  const losses = await stepper.evaluate();
  const weights = await stepper.weights();
  const tensors = [...weightTensors(spec, weights), lossTensor(losses)];
  const frame = { step: stepOf(sweep), from: firstInstance(sweep), kept: true, tensors };
  Object.assign(sweep, {
    hash: hashOfCells(spec, weights, sweep.hash),
    tile: sweep.tile + 1,
    step: 0,
    loss: undefined,
  });
  yield { type: 'frame', frame };
}

const lossTensor = (losses: readonly number[]): Tensor => ({
  name: TILE_LOSS,
  shape: [losses.length],
  data: Float32Array.from(losses),
});

function hashOfCells(spec: RunSpec, weights: Weights, before: string): string {
  const names = weightNames(spec.model);
  const cells = cellCount(spec);
  const sizeOf = (name: (typeof names)[number]): number =>
    (heldBy(weights, name).length / instanceCount(spec)) * spec.replicas;
  let hash = before;
  for (let cell = 0; cell < cells; cell++)
    hash = nextWeightsHash(
      hash,
      names.map((name) => rowOf(heldBy(weights, name), cell, sizeOf(name))),
    );
  return hash;
}
