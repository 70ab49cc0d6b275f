/** A finished run of a room → its link. */
import { trainedRevision } from '#lib/engine/revision';
import { ok, refuse, type Result } from '#lib/base/result';
import { bestReplicas } from '#lib/runs/best';
import type { MetricsEvent } from '#lib/runs/events';
import { sliceFrame, type Frame } from '#lib/runs/frame';
import type { RunRecord, RunStatus } from '#lib/runs/record';
import type { Tensor } from '#lib/runs/tensor-pack';
import { weightNames } from '#lib/model/toy';
import { cellCount, instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep, weightsOfInstance } from '#lib/spec/tiles';
import { linkBytes } from './id.ts';
import { LINK_LIMITS } from './limits.ts';
import {
  LINK_FORMAT,
  LINK_SCHEMA,
  SWEEP_SCHEMA,
  type Link,
  type LinkLosses,
  type LinkResult,
  type LinkTimeline,
  type LinkWeights,
  type PackedTensor,
} from './link.ts';
import { packTensor } from './pack.ts';
import { endOfSweep } from './sweep.ts';

export interface LinkParts extends Pick<
  Link,
  'title' | 'authors' | 'licence' | 'madeAt' | 'supersedes' | 'item' | 'notes'
> {
  readonly record: RunRecord;
  /** The kept frames with all instances, ascending. */
  readonly frames: readonly Frame[];
  readonly metrics: readonly MetricsEvent[];
}

/** The link, or a refusal that says what to change. */
export function makeLink({ record, frames, metrics, ...words }: LinkParts): Result<Link> {
  const { spec, specHash, amendments, engine, experiment, status } = record;
  if (status.phase !== 'finished') return UNFINISHED;
  if (engine === null) return FORGOTTEN;
  const numbers = isSweep(spec) ? numbersOfSweep(spec, frames) : numbersOfRun({ record, frames, metrics }, status);
  if (!numbers.ok) return numbers;
  const { evaluationLoss, ...rest } = numbers.value;
  const link: Link = {
    format: LINK_FORMAT,
    ...words,
    experiment,
    run: record.id,
    spec,
    specHash,
    amendments,
    engine: { ...engine, revision: trainedRevision(engine, record.spec), handOvers: record.lease - 1 },
    result: { step: status.step, evaluationLoss, weightsHash: status.weightsHash },
    ...rest,
  };
  return linkBytes(link).length > LINK_LIMITS.bytes ? TOO_LARGE : ok(link);
}

type Numbers = Pick<Link, 'schema' | 'start' | 'weights' | 'timeline' | 'losses'> & Pick<LinkResult, 'evaluationLoss'>;
type Finished = Extract<RunStatus, { phase: 'finished' }>;

function numbersOfRun(
  { record, frames, metrics }: Pick<LinkParts, 'record' | 'frames' | 'metrics'>,
  status: Finished,
): Result<Numbers> {
  const { spec } = record;
  const last = frames.at(-1);
  if (last?.step !== status.step || last.from !== 0) return FORGOTTEN;
  const start = record.source === null ? null : startOf(frames);
  if (start === undefined) return FORGOTTEN;
  const best = bestInstances(spec, status);
  const weights = weightsOf(spec, last, best);
  if (!weights.ok) return weights;
  return ok({
    schema: LINK_SCHEMA,
    start,
    evaluationLoss: status.evaluationLoss.map((loss) => (Number.isFinite(loss) ? loss : null)),
    weights: weights.value,
    timeline: timelineOf(spec, frames, best),
    losses: lossesOf(spec, metrics),
  });
}

/** Of its way there is nothing that a reader could go through. */
function numbersOfSweep(spec: RunSpec, frames: readonly Frame[]): Result<Numbers> {
  const end = endOfSweep(spec, frames);
  if (!end.ok) return end;
  const timeline = { steps: [], instances: [], tensors: [] };
  return ok({ schema: SWEEP_SCHEMA, start: null, ...end.value, timeline, losses: lossesOf(spec, []) });
}

const UNFINISHED = refuse('conflict', 'A link keeps a result: let the run finish first.', 'run');
const FORGOTTEN = refuse(
  'conflict',
  'The room no longer has this run’s weights. Run it again with the same seed, and make the link then.',
  'run',
);
const TOO_LARGE = refuse(
  'limit',
  `This is more than a link holds (${LINK_LIMITS.bytes / 1e6} MB): take fewer densities, features or replicas, or fewer notes.`,
  'run',
);

/** [C] global indices; of a diverged cell its first. */
const bestInstances = (spec: RunSpec, { evaluationLoss }: Finished): number[] =>
  bestReplicas(evaluationLoss, spec.replicas).map(({ replica }, cell) => cell * spec.replicas + replica);

function weightsOf(spec: RunSpec, last: Frame, best: readonly number[]): Result<LinkWeights> {
  const each = weightsOfInstance(spec);
  const all = Array.from({ length: instanceCount(spec) }, (_, instance) => instance);
  const instances = [all, best].find(({ length }) => length * each <= LINK_LIMITS.weights);
  if (instances === undefined)
    return refuse(
      'limit',
      `The best models of this run have ${best.length * each} weights, and a link holds ${LINK_LIMITS.weights}: take fewer densities, features or hidden dimensions.`,
      'run',
    );
  return ok({ instances, tensors: packed(spec, sliceFrame(last, weightNames(spec.model), instances)) });
}

const packed = (spec: RunSpec, { tensors }: Pick<Frame, 'tensors'>): readonly PackedTensor[] =>
  weightNames(spec.model).flatMap((name) => tensors.filter((tensor) => tensor.name === name).map(packTensor));

/** What a run began with that went on from another; undefined: nobody knows any more. */
function startOf(frames: readonly Frame[]): readonly PackedTensor[] | undefined {
  const [first] = frames;
  return first?.step === 0 ? first.tensors.map(packTensor) : undefined;
}

function timelineOf(spec: RunSpec, frames: readonly Frame[], instances: readonly number[]): LinkTimeline {
  const names = weightNames(spec.model);
  const kept = thinned(frames, weightsOfInstance(spec) * instances.length).map((frame) =>
    sliceFrame(frame, names, instances),
  );
  return {
    steps: kept.map(({ step }) => step),
    instances,
    tensors: names.map((name) =>
      packTensor(
        stacked(
          name,
          kept.flatMap(({ tensors }) => tensors.filter((tensor) => tensor.name === name)),
        ),
      ),
    ),
  };
}

/** Every second frame goes until the rest fits: never the first while there are two, never the last. */
function thinned(frames: readonly Frame[], each: number): readonly Frame[] {
  const { timeline, timelineAtMost } = LINK_LIMITS;
  let kept = frames;
  const fits = (): boolean =>
    kept.length * each <= (kept.length > LINK_LIMITS.frames ? timeline : timelineAtMost) || kept.length === 1;
  while (!fits())
    kept = kept.length === 2 ? kept.slice(1) : kept.filter((_, k) => k % 2 === 0 || k === kept.length - 1);
  return kept;
}

/** [C, …] of each frame → [F, C, …] */
function stacked(name: string, tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  const size = first?.data.length ?? 0;
  const data = new Float32Array(tensors.length * size);
  tensors.forEach((tensor, frame) => {
    data.set(tensor.data, frame * size);
  });
  return { name, shape: [tensors.length, ...(first?.shape ?? [])], data };
}

function lossesOf(spec: RunSpec, metrics: readonly MetricsEvent[]): LinkLosses {
  let points = metrics;
  while (points.length > LINK_LIMITS.points) points = points.filter((_, k) => k % 2 === 0 || k === points.length - 1);
  const cells = cellCount(spec);
  const data = Float32Array.from(points.flatMap(({ loss }) => loss));
  return {
    steps: points.map(({ step }) => step),
    values: packTensor({ name: 'loss', shape: [points.length, cells], data }),
  };
}
