/** A finished run as the command line gives it: every instance with its measures, or a line for each density. */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import { heldBy, toState, type TrainingState } from '#lib/engine/checkpoint';
import { dimensionality } from '#lib/measure/dimensionality';
import { norms } from '#lib/measure/norms';
import { polytopes } from '#lib/measure/polytope';
import { superposition } from '#lib/measure/superposition';
import { drawSamples } from '#lib/model/data';
import { loss, toyWeights, weightNames, weightTensor, type WeightName } from '#lib/model/toy';
import { bestReplicas, type BestReplica } from '#lib/runs/best';
import type { Checkpoint, EngineName, FinishedEvent, RunEvent } from '#lib/runs/events';
import { cellOf, cellParameters, importances, instanceCount, replicaOf, type CellParameters } from '#lib/spec/cells';
import { specHash } from '#lib/spec/hash';
import { batchAt, distributionOf, modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import type { RunRequest } from './request.ts';

interface RunResult extends RunRequest {
  readonly engine: EngineName;
  readonly finished: FinishedEvent;
  /** The final checkpoint's. */
  readonly state: TrainingState;
  /** [cells] */
  readonly best: readonly BestReplica[];
}

/** Takes a run's events and gives its result once it has finished. */
export interface Collector {
  readonly take: (event: RunEvent) => void;
  readonly asJson: () => unknown;
  readonly asText: () => string;
}

export function createCollector(request: RunRequest): Collector {
  let engine: EngineName | undefined;
  let checkpoint: Checkpoint | undefined;
  let finished: FinishedEvent | undefined;
  function result(): RunResult {
    const end = present(finished, 'the end of the run');
    const state = toState(request.spec, present(checkpoint, 'the final checkpoint'));
    const best = bestReplicas(end.evaluationLoss, request.spec.replicas);
    return { ...request, engine: present(engine, 'the engine'), finished: end, state, best };
  }
  return {
    take(event) {
      if (event.type === 'started') engine = event.engine;
      if (event.type === 'checkpoint') checkpoint = event.checkpoint;
      if (event.type === 'finished') finished = event;
    },
    asJson: () => resultAsJson(result()),
    asText: () => resultAsText(result()),
  };
}

const resultAsJson = (result: RunResult): unknown => ({
  ...runAsJson(result),
  instances: Array.from({ length: instanceCount(result.spec) }, (_, instance) => instanceAsJson(result, instance)),
});

/** What is told of a run, whatever is told of its models. */
export function runAsJson({ experiment, spec, engine, finished }: Omit<RunResult, 'state' | 'best'>) {
  const { step, seconds, weightsHash } = finished;
  return {
    experiment: experiment.key,
    spec,
    specHash: specHash(spec),
    engine,
    seed: spec.seed,
    steps: step,
    seconds,
    stepsPerSecond: step / seconds,
    weightsHash,
  };
}

/** An instance's part of a weight tensor, in float64. */
function partOf({ spec, state }: RunResult, name: WeightName, instance: number): Float64Array {
  const tensor = heldBy(state, name);
  return Float64Array.from(rowOf(tensor, instance, tensor.length / instanceCount(spec)));
}

/** Norms, superposition and dimensionality are those of W, or of an untied model's W1. */
function instanceAsJson(result: RunResult, instance: number): unknown {
  const { spec, best, finished } = result;
  const cell = cellOf(spec, instance);
  const replica = replicaOf(spec, instance);
  const parameters = cellParameters(spec, cell);
  const weights = toyWeights(spec.model, (name) => partOf(result, name, instance));
  const W = weights.encoder;
  return {
    cell,
    replica,
    best: best[cell]?.replica === replica,
    ...parametersAsJson(spec, parameters),
    importance: [...importances(spec, cell)],
    loss: loss(modelOf(spec), weights, importances(spec, cell), lastBatch(spec, instance)),
    evaluationLoss: finished.evaluationLoss[instance],
    ...Object.fromEntries(
      weightNames(spec.model).map((name) => [name, asRows(weightTensor(weights, name), name, spec)]),
    ),
    norms: [...norms(W, spec.model)],
    superposition: [...superposition(W, spec.model)],
    dimensionality: [...dimensionality(W, spec.model)],
  };
}

/** What the run's axes and data make of a cell; what they leave alone is left out. */
export function parametersAsJson(
  { data, axes }: RunSpec,
  parameters: CellParameters,
): Readonly<Record<string, number>> {
  const { density, ...others } = parameters;
  const said = Object.entries(others).filter(([name]) => name in data || axes.some(({ over }) => over === name));
  return { density, sparsity: 1 - density, ...Object.fromEntries(said) };
}

/** A matrix as its rows, b as it is. */
const asRows = (tensor: Float64Array, name: WeightName, { model: { n, m } }: RunSpec): unknown =>
  name === 'b' ? [...tensor] : Array.from({ length: n }, (_, i) => [...rowOf(tensor, i, m)]);

/** x [B, n] of the run's last step. */
function lastBatch(spec: RunSpec, instance: number): Float64Array {
  const { keys, first, count } = batchAt(spec, instance, spec.steps - 1);
  const x = new Float64Array(count * spec.model.n);
  drawSamples(x, distributionOf(spec, cellOf(spec, instance)), keys, first);
  return x;
}

function resultAsText(result: RunResult): string {
  const { experiment, spec, engine, finished, best } = result;
  const { step, seconds, weightsHash } = finished;
  const cells = best.map((each, cell) => cellAsText(result, cell, each));
  return [
    `${experiment.title}: n = ${spec.model.n}, m = ${spec.model.m}, seed ${spec.seed}`,
    '',
    '  density  loss     best of its replicas',
    ...cells,
    '',
    `${step} steps in ${seconds.toFixed(1)} s with ${engine.name} on ${engine.device}`,
    `weights ${weightsHash}`,
    '',
  ].join('\n');
}

function cellAsText(result: RunResult, cell: number, { replica, evaluationLoss, found }: BestReplica): string {
  const { spec } = result;
  const { density } = cellParameters(spec, cell);
  const shape = describeShape(
    partOf(result, spec.model.kind === 'tied' ? 'W' : 'W1', cell * spec.replicas + replica),
    spec,
  );
  const share = spec.replicas === 1 ? '' : `; ${found} of ${spec.replicas} found it`;
  return `  ${density.toFixed(4).padEnd(7)}  ${evaluationLoss.toFixed(5)}  ${shape}${share}`;
}

/** "5 of 5 features: pentagon" */
function describeShape(W: Float64Array, { model }: RunSpec): string {
  const shapes = polytopes(W, model);
  const stored = shapes.reduce((count, { features }) => count + features.length, 0);
  const counts = new Map<string, number>();
  for (const { name } of shapes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = Array.from(counts, ([name, count]) => (count === 1 ? name : `${count} ${name}s`));
  return `${stored} of ${model.n} features${names.length === 0 ? '' : `: ${names.join(', ')}`}`;
}
