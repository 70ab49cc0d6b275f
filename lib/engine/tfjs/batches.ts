/**
 * The batches of a run as tensors: the numbers of lib/model/data, so that every engine trains on the same. No operation of
 * tfjs multiplies two uint32 exactly on every backend, so they are drawn in JavaScript and uploaded; where a backend has such
 * operations of its own, `hashed-batches.ts` draws them there.
 */
import { streamKey, type Stream } from '#lib/base/random';
import { drawSamples } from '#lib/model/data';
import { cellOf, instanceCount, originOf } from '#lib/spec/cells';
import { batchAt, batchSize, distributionOf, evaluationDistribution, evaluationSamples } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import type { Tensor3D, Tf } from './tf.ts';

export interface Batches {
  /** x [I, rows, n] of the step after `step` earlier ones, zeros after an instance's own samples. */
  readonly batch: (step: number) => Tensor3D;
  /** Samples of the evaluation stream, at the densities of cells: x [cells, count, n]. */
  readonly evaluation: (block: EvaluationBlock) => Tensor3D;
  readonly dispose: () => void;
}

/** Cells `cell` to `cell + cells`, samples `first` to `first + count`. */
export interface EvaluationBlock {
  readonly cell: number;
  readonly cells: number;
  readonly first: number;
  readonly count: number;
}

export type OpenBatches = (tf: Tf, spec: RunSpec) => Batches;

/** The key of the evaluation stream, the same for every run. */
export const EVALUATION_KEY = evaluationSamples().keys.data;

/** The key of each instance [I] at a step. */
export const keysAt = (spec: RunSpec, stream: Stream, step: number): readonly number[] =>
  Array.from({ length: instanceCount(spec) }, (_, instance) => streamKey(originOf(spec, instance), stream, step));

/** [I] samples in a batch of each instance: of a finite set that is smaller than the batch, all that it has. */
export const samplesOf = (spec: RunSpec): readonly number[] =>
  Array.from({ length: instanceCount(spec) }, (_, instance) => batchSize(spec, instance));

export const uploadedBatches: OpenBatches = (tf, spec) => {
  const { n } = spec.model;
  const instances = instanceCount(spec);
  const rows = Math.max(...samplesOf(spec));
  const x = new Float64Array(rows * n);

  function batch(step: number): Tensor3D {
    const all = new Float32Array(instances * x.length);
    for (let instance = 0; instance < instances; instance++) {
      const { keys, first, count } = batchAt(spec, instance, step);
      const samples = x.subarray(0, count * n);
      drawSamples(samples, distributionOf(spec, cellOf(spec, instance)), keys, first);
      all.set(samples, instance * x.length);
    }
    return tf.tensor3d(all, [instances, rows, n]);
  }

  function evaluation({ cell, cells, first, count }: EvaluationBlock): Tensor3D {
    const samples = new Float64Array(count * n);
    const all = new Float32Array(cells * samples.length);
    for (let i = 0; i < cells; i++) {
      drawSamples(samples, evaluationDistribution(spec, cell + i), evaluationSamples().keys, first);
      all.set(samples, i * samples.length);
    }
    return tf.tensor3d(all, [cells, count, n]);
  }

  return { batch, evaluation, dispose: () => undefined };
};
