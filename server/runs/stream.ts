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
import type { Tensor } from '#lib/runs/tensor-pack';
import { emptyTimeline, keep, through, type Timeline } from '#lib/runs/timeline';
import { cellCount, instanceCount } from '#lib/spec/cells';
import { AMENDMENTS, checkChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';
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
  stateTensors(spec).reduce((bytes, name) => bytes + 4 * product(shapeOf(spec, name)), HEADER_BYTES);

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
  if (event.type === 'metrics' && event.loss.length !== cellCount(spec))
    return refuse('invalid', `loss must have one value for each of ${cellCount(spec)} cells.`, 'event.loss');
  if (event.type === 'finished' && event.evaluationLoss.length !== instanceCount(spec))
    return refuse(
      'invalid',
      `evaluationLoss must have one value for each of ${instanceCount(spec)} instances.`,
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

function whyWrongFrame(spec: RunSpec, { step, from, tensors }: Frame): Result<never> | undefined {
  if (step > spec.steps) return refuse('invalid', `step must be at most ${spec.steps}; it is ${step}.`, 'step');
  const names = tensors.map(({ name }) => name).sort();
  const wanted = weightNames(spec.model);
  if (names.join() !== [...wanted].sort().join())
    return refuse('invalid', `A frame of this run holds the tensors ${wanted.join(', ')}, once each.`, 'tensors');
  const held = tensors[0]?.shape[0] ?? 0;
  const shapes = (tensor: Tensor): readonly number[] => [held, ...shapeOf(spec, tensor.name as StateTensor).slice(1)];
  const wrong = whyWrongShape(tensors, shapes);
  if (wrong !== undefined) return wrong;
  if (held < 1 || from + held > instanceCount(spec))
    return refuse('invalid', `A frame of this run holds instances from 0 to ${instanceCount(spec) - 1}.`, 'from');
  return undefined;
}

function whyWrongCheckpoint(spec: RunSpec, { step, from, tensors }: Checkpoint): Result<never> | undefined {
  if (step > spec.steps) return refuse('invalid', `step must be at most ${spec.steps}; it is ${step}.`, 'step');
  if (from !== 0) return refuse('invalid', 'A checkpoint holds all instances: from must be 0.', 'from');
  const names = tensors.map(({ name }) => name).sort();
  const wanted = stateTensors(spec);
  if (names.join() !== [...wanted].sort().join())
    return refuse('invalid', `A checkpoint of this run holds the tensors ${wanted.join(', ')}, once each.`, 'tensors');
  return whyWrongShape(tensors, ({ name }) => shapeOf(spec, name as StateTensor));
}

function whyWrongShape(
  tensors: readonly Tensor[],
  shapes: (tensor: Tensor) => readonly number[],
): Result<never> | undefined {
  const wrong = tensors.find((tensor) => tensor.shape.join() !== shapes(tensor).join());
  if (wrong === undefined) return undefined;
  return refuse('invalid', `${wrong.name} must be [${shapes(wrong).join(', ')}].`, `tensors.${wrong.name}`);
}
