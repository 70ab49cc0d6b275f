/**
 * A run as its server holds it, and what its trainer may add to it: pure functions from (run, event) to the run after it, or a
 * refusal. Runs trained in a browser and here go through the same functions.
 */
import { ok, refuse, type Result } from '#lib/base/result';
import { shapeOf, stateTensors, type StateTensor } from '#lib/engine/checkpoint';
import { weightNames } from '#lib/model/toy';
import { decodeCheckpoint } from '#lib/runs/checkpoint-pack';
import type { Checkpoint, MetricsEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import {
  applyToRecord,
  handOver,
  isActive,
  keepMetrics,
  presentSpec,
  type HandOver,
  type RunRecord,
} from '#lib/runs/record';
import { SWEEP_TENSORS, sweepShape } from '#lib/runs/sweep-frame';
import type { Tensor } from '#lib/runs/tensor-pack';
import { emptyTimeline, keep, through, type Timeline } from '#lib/runs/timeline';
import { cellCount, instanceCount } from '#lib/spec/cells';
import { AMENDMENTS, checkChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';
import { holdsWeights, isSweep, largestTile, sweepStep, tileSpec, tilesOf } from '#lib/spec/tiles';
import type { PublishedEvent } from '#lib/wire/protocol';
import type { Snapshot } from '../storage/storage.ts';

export interface LiveRun {
  readonly record: RunRecord;
  /** Who trains: a connection (a browser's tab), or `SERVER_HOLDER`. */
  readonly holder: string;
  /** How far its trainer may go. */
  readonly target: number | 'stop';
  readonly metrics: readonly MetricsEvent[];
  readonly timeline: Timeline<Frame>;
  readonly newest: Frame | null;
  /** The newest one, encoded; null: it would begin again. */
  readonly checkpoint: Snapshot | null;
}

export const newRun = (record: RunRecord, holder: string, target: number): LiveRun => ({
  record,
  holder,
  target,
  metrics: [],
  timeline: emptyTimeline(),
  newest: null,
  checkpoint: null,
});

export function withEvent(run: LiveRun, event: PublishedEvent): Result<LiveRun> {
  const refusal = whyEnded(run) ?? whyWrongEvent(run.record.spec, event) ?? whyNoChange(run.record, event);
  if (refusal !== undefined) return refusal;
  const metrics = event.type === 'metrics' ? keepMetrics(run.metrics, event) : run.metrics;
  return ok({ ...run, record: applyToRecord(run.record, event), metrics });
}

export function withFrame(run: LiveRun, frame: Frame, bytes: number): Result<LiveRun> {
  const refusal = whyEnded(run) ?? whyLate(run, frame) ?? whyWrongFrame(run.record.spec, frame);
  if (refusal !== undefined) return refusal;
  const timeline = frame.kept ? keep(run.timeline, { step: frame.step, bytes, frame }) : run.timeline;
  return ok({ ...run, timeline, newest: frame });
}

/** `checkpoint` is one of this run's spec: see `readCheckpoint`. */
export const withCheckpoint = (run: LiveRun, checkpoint: Snapshot): Result<LiveRun> =>
  whyEnded(run) ?? ok({ ...run, checkpoint });

/** Who goes on with a sweep trains the tiles that are left: the kept frames of those before must be here first. */
export function whyAhead({ record: { spec }, timeline }: LiveRun, { from }: Checkpoint): Result<never> | undefined {
  const before = tilesOf(spec).filter(({ first }) => first * spec.replicas < from).length;
  return isSweep(spec) && timeline.entries.length < before
    ? refuse('conflict', 'The kept frames of the tiles before come first.', 'from')
    : undefined;
}

/** The run as another goes on with it: back at its checkpoint, without what came after. */
export function handedOver(run: LiveRun, to: Omit<HandOver, 'step'>, holder: string, target: number): LiveRun {
  const step = run.checkpoint?.step ?? 0;
  const timeline = through(run.timeline, step);
  const metrics = run.metrics.filter((event) => event.step <= step);
  const newest = timeline.entries.at(-1)?.frame ?? null;
  return { ...run, record: handOver(run.record, { ...to, step }), holder, target, metrics, timeline, newest };
}

/** Bytes → the checkpoint of a run of this spec that they hold. */
export function readCheckpoint(spec: RunSpec, bytes: Uint8Array): Result<Checkpoint> {
  const decoded = decodeCheckpoint(bytes);
  return decoded.ok ? (whyWrongCheckpoint(spec, decoded.value) ?? decoded) : decoded;
}

/** Room for a checkpoint's header and its alignment. */
const HEADER_BYTES = 8_192;

/** bytes of a checkpoint of this spec, at most */
export const checkpointBytes = (spec: RunSpec): number =>
  stateTensors(spec).reduce((bytes, name) => bytes + 4 * product(shapeOf(largestTile(spec), name)), HEADER_BYTES);

const product = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

function whyEnded({ record }: LiveRun): Result<never> | undefined {
  return isActive(record.status)
    ? undefined
    : refuse('conflict', 'This run has ended. Press Run for a new one.', 'run');
}

/** A length that is not the spec's would draw one model's loss at another's place. */
function whyWrongEvent(spec: RunSpec, event: PublishedEvent): Result<never> | undefined {
  if ('step' in event && event.step > spec.steps)
    return refuse('invalid', `step must be at most ${spec.steps}; it is ${event.step}.`, 'event.step');
  const lengths = isSweep(spec)
    ? { loss: 1, evaluationLoss: 0 }
    : { loss: cellCount(spec), evaluationLoss: instanceCount(spec) };
  if (event.type === 'metrics' && event.loss.length !== lengths.loss)
    return refuse('invalid', `loss must have one value for each of ${lengths.loss} cells.`, 'event.loss');
  if (event.type === 'finished' && event.evaluationLoss.length !== lengths.evaluationLoss)
    return refuse(
      'invalid',
      `evaluationLoss must have one value for each of ${lengths.evaluationLoss} instances.`,
      'event.evaluationLoss',
    );
  return undefined;
}

/** What a trainer says it has changed is held to what it may be asked for. */
function whyNoChange(record: RunRecord, event: PublishedEvent): Result<never> | undefined {
  if (event.type !== 'amended') return undefined;
  if (record.amendments.length >= AMENDMENTS)
    return refuse('limit', `A run can be changed ${AMENDMENTS} times.`, 'event.change');
  const checked = checkChange(presentSpec(record), event.change);
  return checked.ok ? undefined : checked;
}

function whyLate({ newest, record }: LiveRun, frame: Frame): Result<never> | undefined {
  if (newest === null || newest.lease < record.lease) return undefined;
  if (frame.seq > newest.seq && frame.step >= newest.step) return undefined;
  return refuse('conflict', `Frame ${frame.seq} comes after frame ${newest.seq}: frames are sent in order.`, 'seq');
}

function whyWrongFrame(spec: RunSpec, frame: Frame): Result<never> | undefined {
  const { step, from, tensors } = frame;
  if (step > spec.steps) return refuse('invalid', `step must be at most ${spec.steps}; it is ${step}.`, 'step');
  if (isSweep(spec)) return whyWrongSweepFrame(spec, frame);
  const names = tensors.map(({ name }) => name).sort();
  const wanted = weightNames(spec.model);
  if (names.join() !== [...wanted].sort().join())
    return refuse('invalid', `A frame of this run holds the tensors ${wanted.join(', ')}, once each.`, 'tensors');
  const held = tensors[0]?.shape[0] ?? 0;
  const shapes = (tensor: Tensor): readonly number[] => [held, ...shapeOf(spec, tensor.name as StateTensor).slice(1)];
  const wrong = whyHalf(tensors) ?? whyWrongShape(tensors, shapes);
  if (wrong !== undefined) return wrong;
  if (held < 1 || from + held > instanceCount(spec))
    return refuse('invalid', `A frame of this run holds instances from 0 to ${instanceCount(spec) - 1}.`, 'from');
  return undefined;
}

/** A tile's cells, with all of a sweep's tensors; a kept one says how they ended, at the step at which the tile does. */
function whyWrongSweepFrame(spec: RunSpec, { step, from, kept, tensors }: Frame): Result<never> | undefined {
  const tiles = tilesOf(spec);
  const tile = tiles.findIndex(({ first }) => first === from);
  const count = tiles[tile]?.count;
  if (count === undefined) return refuse('invalid', `No tile of this sweep begins with cell ${from}.`, 'from');
  const weights = kept && holdsWeights(spec) ? weightNames(spec.model) : [];
  const wanted = [...SWEEP_TENSORS, ...weights];
  if (tensors.map(({ name }) => name).join() !== wanted.join())
    return refuse('invalid', `This frame of a sweep holds the tensors ${wanted.join(', ')}.`, 'tensors');
  if (tensors.slice(0, SWEEP_TENSORS.length).some(({ half }) => half !== true))
    return refuse('invalid', 'What a frame of a sweep measures is float16.', 'tensors');
  if (kept && step !== sweepStep(spec, tiles.length, tile, spec.steps))
    return refuse('invalid', 'A kept frame of a sweep is the last of its tile.', 'step');
  const shapes = ({ name }: Tensor): readonly number[] =>
    weights.some((weight) => weight === name)
      ? [count, ...shapeOf(spec, name as StateTensor).slice(1)]
      : sweepShape(spec, count, name as (typeof SWEEP_TENSORS)[number]);
  return whyHalf(tensors.slice(SWEEP_TENSORS.length)) ?? whyWrongShape(tensors, shapes);
}

function whyWrongCheckpoint(whole: RunSpec, checkpoint: Checkpoint): Result<never> | undefined {
  const { step, from, tensors, tile } = checkpoint;
  if (step > whole.steps) return refuse('invalid', `step must be at most ${whole.steps}; it is ${step}.`, 'step');
  const spec = tile === undefined ? whole : tileOf(whole, checkpoint);
  if (spec === undefined) return refuse('invalid', 'The checkpoint’s place is none in a tile of this sweep.', 'tile');
  if (tile === undefined && from !== 0)
    return refuse('invalid', 'A checkpoint holds all instances: from must be 0.', 'from');
  if (tile === undefined && isSweep(whole))
    return refuse('invalid', 'A checkpoint of a sweep holds a tile, and says where it stands in it.', 'tile');
  const names = tensors.map(({ name }) => name).sort();
  const wanted = stateTensors(spec);
  if (names.join() !== [...wanted].sort().join())
    return refuse('invalid', `A checkpoint of this run holds the tensors ${wanted.join(', ')}, once each.`, 'tensors');
  return whyHalf(tensors) ?? whyWrongShape(tensors, ({ name }) => shapeOf(spec, name as StateTensor));
}

/** The tile that a sweep's checkpoint holds; undefined where its place is none. */
function tileOf(spec: RunSpec, { step, from, tile }: Checkpoint): RunSpec | undefined {
  const tiles = tilesOf(spec);
  const index = tiles.findIndex(({ first }) => first * spec.replicas === from);
  const window = tiles[index];
  if (tile === undefined || window === undefined || !isSweep(spec) || tile.step > spec.steps) return undefined;
  return step === sweepStep(spec, tiles.length, index, tile.step) ? tileSpec(spec, window) : undefined;
}

/** A run's numbers have the bits that it was trained to. */
function whyHalf(tensors: readonly Tensor[]): Result<never> | undefined {
  const half = tensors.find((tensor) => tensor.half === true);
  return half && refuse('invalid', `${half.name} must be float32.`, `tensors.${half.name}`);
}

function whyWrongShape(
  tensors: readonly Tensor[],
  shapes: (tensor: Tensor) => readonly number[],
): Result<never> | undefined {
  const wrong = tensors.find((tensor) => tensor.shape.join() !== shapes(tensor).join());
  if (wrong === undefined) return undefined;
  return refuse('invalid', `${wrong.name} must be [${shapes(wrong).join(', ')}].`, `tensors.${wrong.name}`);
}
