/** How a RunView grows: pure functions from what arrived to what is shown. */
import { ok, type Result } from '#lib/base/result';
import type { RunId } from '#lib/base/id';
import { bestReplicas, type BestReplica } from '#lib/runs/best';
import type { MetricsEvent } from '#lib/runs/events';
import { decodeFrame, DRAWN_MATRIX, sliceFrame, type Frame } from '#lib/runs/frame';
import { applyToRecord, keepMetrics, type RunRecord } from '#lib/runs/record';
import { emptyTimeline, keep, through, type Timeline } from '#lib/runs/timeline';
import { cellCount, instanceCount } from '#lib/spec/cells';
import { isSweepFrame } from '#lib/runs/sweep-frame';
import { tensorBytes } from '#lib/runs/tensor-pack';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import type { RunView } from './state.ts';

/** What the figures need of a run. */
export const SHOWN_TENSORS = [...DRAWN_MATRIX, 'b'] as const;

/** The replica shown while training: one, never switched in mid-run, or the figure would jump between solutions. */
const SHOWN_REPLICA = 0;

/** [cells] global indices of the instances shown while training. A sweep's frames are whole whatever is asked for. */
export const shownInstances = (spec: RunSpec): readonly number[] =>
  isSweep(spec) ? [0] : Array.from({ length: cellCount(spec) }, (_, cell) => cell * spec.replicas + SHOWN_REPLICA);

/** [I] all of them */
export const allInstances = (spec: RunSpec): readonly number[] =>
  isSweep(spec) ? [0] : Array.from({ length: instanceCount(spec) }, (_, instance) => instance);

/** [cells] global indices of the best instances. */
export const bestInstances = (spec: RunSpec, best: readonly BestReplica[]): readonly number[] =>
  best.map(({ replica }, cell) => cell * spec.replicas + replica);

export const newRunView = (record: RunRecord, mine: boolean, metrics: readonly MetricsEvent[] = []): RunView =>
  withRecord(
    { record, mine, metrics, timeline: emptyTimeline(), latest: null, best: null, bestTimeline: null },
    record,
  );

/** The view with a newer record; a finished one says which replicas are best. */
export function withRecord(view: RunView, record: RunRecord): RunView {
  // A sweep's frames say it themselves.
  const known = record.status.phase === 'finished' && !isSweep(record.spec);
  const best = known ? bestReplicas(record.status.evaluationLoss, record.spec.replicas) : view.best;
  return { ...view, record, best };
}

/** JSON has no NaN: a diverged model's loss comes as null. */
const revived = (losses: readonly (number | null)[]): readonly number[] => losses.map((loss) => loss ?? Number.NaN);

export const reviveMetrics = (event: MetricsEvent): MetricsEvent => ({ ...event, loss: revived(event.loss) });

export function reviveRecord(record: RunRecord): RunRecord {
  const { status } = record;
  if (status.phase !== 'finished') return record;
  return { ...record, status: { ...status, evaluationLoss: revived(status.evaluationLoss) } };
}

/** The view of a run that another goes on with: back at the step of its checkpoint, without what came after. */
export function handedOver(view: RunView, record: RunRecord): RunView {
  const { step } = record.status;
  const timeline = through(view.timeline, step);
  const latest =
    view.latest !== null && view.latest.step <= step ? view.latest : (timeline.entries.at(-1)?.frame ?? null);
  const metrics = view.metrics.filter((event) => event.step <= step);
  return { ...withRecord(view, record), mine: false, timeline, latest, metrics };
}

/** One more point of the loss, and how far the run has come. */
export const withMetrics = (view: RunView, event: MetricsEvent): RunView => ({
  ...view,
  record: applyToRecord(view.record, event),
  metrics: keepMetrics(view.metrics, event),
});

/** `frame` holds the shown instances only. One that is older than the newest still fills a gap of the timeline. */
export function withFrame(view: RunView, frame: Frame): RunView {
  const latest = view.latest !== null && view.latest.step > frame.step ? view.latest : frame;
  const timeline = frame.kept ? withFrames(view.timeline, [frame]) : view.timeline;
  return { ...view, latest, timeline };
}

/** The timeline with more frames, whatever the order in which they came. */
export function withFrames(timeline: Timeline<Frame>, frames: readonly Frame[]): Timeline<Frame> {
  const steps = new Map(timeline.entries.map((entry) => [entry.step, entry]));
  for (const frame of frames) steps.set(frame.step, { step: frame.step, bytes: bytesOf(frame), frame });
  const entries = [...steps.values()].sort((a, b) => a.step - b.step);
  return entries.reduce((kept, entry) => keep(kept, entry), emptyTimeline<Frame>());
}

/**
 * Of a run that was forked from a link, other models than the best are known at its end alone: they begin without numbers. One that
 * diverged began with some.
 */
export const knownFrames = (frames: readonly Frame[]): readonly Frame[] =>
  frames[0] === undefined || isKnown(frames[0]) ? frames : frames.filter(isKnown);

const isKnown = (frame: Frame): boolean =>
  isSweepFrame(frame) || frame.tensors.every(({ data }) => !data.includes(Number.NaN));

const bytesOf = (frame: Frame): number => frame.tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);

/** A frame of all instances, cut to those of a figure. */
export const cut = (frame: Frame, instances: readonly number[]): Frame =>
  isSweepFrame(frame) ? frame : sliceFrame(frame, SHOWN_TENSORS, instances);

/** Bytes from the wire → the frame of `run` they hold; refused when they are of another run or no frame at all. */
export function readFrame(bytes: ArrayBuffer | Uint8Array, run: RunId): Result<Frame | null> {
  const decoded = decodeFrame(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
  return decoded.ok && decoded.value.run !== run ? ok(null) : decoded;
}
