/** A finished run as the command line gives it: every instance with its measures, or a line for each density. */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import { streamKey } from '#lib/base/random';
import { toState } from '#lib/engine/checkpoint';
import { dimensionality } from '#lib/measure/dimensionality';
import { norms } from '#lib/measure/norms';
import { polytopes } from '#lib/measure/polytope';
import { superposition } from '#lib/measure/superposition';
import { sampleBatch } from '#lib/model/data';
import { loss } from '#lib/model/tied';
import { bestReplicas, type BestReplica } from '#lib/runs/best';
import type { Checkpoint, EngineName, FinishedEvent, RunEvent } from '#lib/runs/events';
import { cellOf, cellParameters, importances, instanceCount, originOf, replicaOf } from '#lib/spec/cells';
import { specHash } from '#lib/spec/hash';
import type { RunSpec } from '#lib/spec/spec';
import type { RunRequest } from './request.ts';

export interface RunResult extends RunRequest {
  readonly engine: EngineName;
  readonly finished: FinishedEvent;
  /** [I, n, m] and [I, n] */
  readonly W: Float32Array;
  readonly b: Float32Array;
  /** [cells] */
  readonly best: readonly BestReplica[];
}

/** Takes a run's events and gives its result once it has finished. */
export function createCollector(request: RunRequest): { take: (event: RunEvent) => void; result: () => RunResult } {
  let engine: EngineName | undefined;
  let checkpoint: Checkpoint | undefined;
  let finished: FinishedEvent | undefined;
  return {
    take(event) {
      if (event.type === 'started') engine = event.engine;
      if (event.type === 'checkpoint') checkpoint = event.checkpoint;
      if (event.type === 'finished') finished = event;
    },
    result() {
      const end = present(finished, 'the end of the run');
      const { W, b } = toState(request.spec, present(checkpoint, 'the final checkpoint'));
      const best = bestReplicas(end.evaluationLoss, request.spec.replicas);
      return { ...request, engine: present(engine, 'the engine'), finished: end, W, b, best };
    },
  };
}

export function resultAsJson(result: RunResult): unknown {
  const { experiment, spec, engine, finished } = result;
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
    instances: Array.from({ length: instanceCount(spec) }, (_, instance) => instanceAsJson(result, instance)),
  };
}

function instanceAsJson({ spec, W, b, best, finished }: RunResult, instance: number): unknown {
  const { n, m } = spec.model;
  const cell = cellOf(spec, instance);
  const replica = replicaOf(spec, instance);
  const { density } = cellParameters(spec, cell);
  const weights = { W: Float64Array.from(rowOf(W, instance, n * m)), b: Float64Array.from(rowOf(b, instance, n)) };
  return {
    cell,
    replica,
    best: best[cell]?.replica === replica,
    density,
    sparsity: 1 - density,
    importance: [...importances(spec)],
    loss: loss(spec.model, weights, importances(spec), lastBatch(spec, instance, density)),
    evaluationLoss: finished.evaluationLoss[instance],
    W: Array.from({ length: n }, (_, i) => [...rowOf(weights.W, i, m)]),
    b: [...weights.b],
    norms: [...norms(weights.W, spec.model)],
    superposition: [...superposition(weights.W, spec.model)],
    dimensionality: [...dimensionality(weights.W, spec.model)],
  };
}

/** x [B, n] of the run's last step. */
function lastBatch(spec: RunSpec, instance: number, density: number): Float64Array {
  const x = new Float64Array(spec.batch * spec.model.n);
  sampleBatch(x, spec.model.n, streamKey(originOf(spec, instance), 'data', spec.steps - 1), density);
  return x;
}

export function resultAsText(result: RunResult): string {
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

function cellAsText({ spec, W }: RunResult, cell: number, { replica, evaluationLoss, found }: BestReplica): string {
  const { n, m } = spec.model;
  const { density } = cellParameters(spec, cell);
  const shape = describeShape(rowOf(W, cell * spec.replicas + replica, n * m), spec);
  const share = spec.replicas === 1 ? '' : `; ${found} of ${spec.replicas} found it`;
  return `  ${density.toFixed(4).padEnd(7)}  ${evaluationLoss.toFixed(5)}  ${shape}${share}`;
}

/** "5 of 5 features: pentagon" */
function describeShape(W: Float32Array, { model }: RunSpec): string {
  const shapes = polytopes(W, model);
  const stored = shapes.reduce((count, { features }) => count + features.length, 0);
  const counts = new Map<string, number>();
  for (const { name } of shapes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = Array.from(counts, ([name, count]) => (count === 1 ? name : `${count} ${name}s`));
  return `${stored} of ${model.n} features${names.length === 0 ? '' : `: ${names.join(', ')}`}`;
}
