/** A link as the figures want it: a run that has finished long ago, with the frames of its best replicas. */
import type { RunId, RoomId, PersonId } from '#lib/base/id';
import { bestReplicas, type BestReplica } from '#lib/runs/best';
import type { MetricsEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import type { RunRecord } from '#lib/runs/record';
import type { Tensor } from '#lib/runs/tensor-pack';
import type { Timeline } from '#lib/runs/timeline';
import { amendAll } from '#lib/spec/change';
import { specHash } from '#lib/spec/hash';
import { isSweep } from '#lib/spec/tiles';
import type { Link } from './link.ts';
import { tensorOf } from './pack.ts';
import { sweepFrames } from './sweep.ts';

export interface OpenedLink {
  readonly record: RunRecord;
  readonly metrics: readonly MetricsEvent[];
  /** [C]; of a sweep none: its frames have them. */
  readonly best: readonly BestReplica[];
  /** W [C, n, m] and b [C, n] of the best replicas; of a sweep the last frame of each tile. */
  readonly timeline: Timeline<Frame>;
}

export function openLink(link: Link): OpenedLink {
  const record = recordOf(link);
  return {
    record,
    metrics: metricsOf(link),
    best: bestReplicas(lossesOf(link), link.spec.replicas),
    timeline: isSweep(link.spec) ? tilesOf(link) : timelineOf(link),
  };
}

/** [I]; NaN where it diverged. Of a sweep none, as a room has none of all its models. */
export const lossesOf = ({ result, spec }: Pick<Link, 'result' | 'spec'>): readonly number[] =>
  isSweep(spec) ? [] : result.evaluationLoss.map((loss) => loss ?? Number.NaN);

function recordOf({ run, experiment, spec, specHash: hash, amendments, madeAt, engine, result }: Link): RunRecord {
  const nobody = { id: '' as PersonId, name: '' };
  return {
    id: run as RunId,
    room: '' as RoomId,
    experiment,
    spec,
    specHash: hash,
    amendments,
    presentHash: specHash(amendAll(spec, amendments)),
    source: null,
    startedBy: nobody,
    startedAt: madeAt,
    place: 'browser',
    trainer: nobody,
    lease: 1 + engine.handOvers,
    handOver: null,
    engine: { name: engine.name, device: engine.device },
    status: {
      phase: 'finished',
      step: result.step,
      seconds: 0,
      evaluationLoss: lossesOf({ result, spec }),
      weightsHash: result.weightsHash,
    },
  };
}

function metricsOf({ losses }: Link): readonly MetricsEvent[] {
  const { data, shape } = tensorOf(losses.values);
  const cells = shape[1] ?? 0;
  return losses.steps.map((step, point) => ({
    type: 'metrics',
    step,
    seconds: 0,
    stepsPerSecond: 0,
    loss: Array.from(data.subarray(point * cells, (point + 1) * cells)),
  }));
}

const tilesOf = (link: Link): Timeline<Frame> => ({
  entries: sweepFrames(link).map((frame) => ({ step: frame.step, bytes: 0, frame })),
  bytes: 0,
});

function timelineOf({ run, timeline }: Link): Timeline<Frame> {
  const stacked = timeline.tensors.map(tensorOf);
  const entries = timeline.steps.map((step, at) => {
    const tensors = stacked.map((tensor) => sliceOf(tensor, at));
    const frame: Frame = { run, lease: 1, seq: at, step, from: 0, kept: true, tensors };
    return { step, bytes: 0, frame };
  });
  return { entries, bytes: 0 };
}

/** [F, …] → […] of frame `at`, a view. */
function sliceOf({ name, shape: [, ...shape], data }: Tensor, at: number): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { name, shape, data: data.subarray(at * size, (at + 1) * size) };
}
