/**
 * A run as its server holds it, and what its trainer may add to it: pure functions from (run, event) to the run after it, or a
 * refusal. Runs trained in a browser and here go through the same two functions.
 */
import { ok, refuse, type Result } from '#lib/base/result';
import type { Lease } from '#lib/room/decide';
import type { MetricsEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import type { Tensor } from '#lib/runs/tensor-pack';
import { applyToRecord, isActive, keepMetrics, type RunRecord } from '#lib/runs/record';
import { emptyTimeline, keep, type Timeline } from '#lib/runs/timeline';
import { cellCount, instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import type { PublishedEvent } from '#lib/wire/protocol';

export interface LiveRun {
  readonly record: RunRecord;
  readonly lease: Lease;
  /** How far its trainer may go. */
  readonly target: number | 'stop';
  readonly metrics: readonly MetricsEvent[];
  readonly timeline: Timeline<Frame>;
  readonly newest: Frame | null;
}

export const newRun = (record: RunRecord, lease: Lease, target: number): LiveRun => ({
  record,
  lease,
  target,
  metrics: [],
  timeline: emptyTimeline(),
  newest: null,
});

export function withEvent(run: LiveRun, event: PublishedEvent): Result<LiveRun> {
  const refusal = whyEnded(run) ?? whyWrongEvent(run.record.spec, event);
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

function whyLate({ newest, lease }: LiveRun, frame: Frame): Result<never> | undefined {
  if (newest === null || newest.lease < lease.number) return undefined;
  if (frame.seq > newest.seq && frame.step >= newest.step) return undefined;
  return refuse('conflict', `Frame ${frame.seq} comes after frame ${newest.seq}: frames are sent in order.`, 'seq');
}

function whyWrongFrame(spec: RunSpec, { step, from, tensors }: Frame): Result<never> | undefined {
  if (step > spec.steps) return refuse('invalid', `step must be at most ${spec.steps}; it is ${step}.`, 'step');
  const names = tensors.map(({ name }) => name).sort();
  if (names.join() !== 'W,b') return refuse('invalid', 'A frame holds the tensors W and b, once each.', 'tensors');
  const held = tensors[0]?.shape[0] ?? 0;
  const wrong = tensors.find((tensor) => tensor.shape.join() !== shapeOf(spec, tensor, held).join());
  if (wrong !== undefined)
    return refuse(
      'invalid',
      `${wrong.name} must be [${shapeOf(spec, wrong, held).join(', ')}].`,
      `tensors.${wrong.name}`,
    );
  if (held < 1 || from + held > instanceCount(spec))
    return refuse('invalid', `A frame of this run holds instances from 0 to ${instanceCount(spec) - 1}.`, 'from');
  return undefined;
}

/** W [held, n, m], b [held, n] */
const shapeOf = ({ model: { n, m } }: RunSpec, { name }: Tensor, held: number): readonly number[] =>
  name === 'W' ? [held, n, m] : [held, n];
