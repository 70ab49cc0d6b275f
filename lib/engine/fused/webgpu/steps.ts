/** What the persistent and the tiled kernels at work have in common. */
import { at, type Numbers } from '#lib/base/matrix';
import type { RunSpec } from '#lib/spec/spec';
import type { Gpu } from './gpu.ts';
import type { Updates } from './updates.ts';

/** What the two kinds of kernels differ in. */
export interface Steps {
  /** Trains from `step` through `count` updates → [I] sum over samples and features of I_i (x'_i − t_i)², t the target, in the last batch. */
  readonly train: (step: number, count: number) => Promise<Numbers>;
  /** [I] the same sum over the evaluation samples. */
  readonly evaluate: () => Promise<Numbers>;
}

/** Buffers that both kinds use; names are those of the shaders' bindings. */
export interface SharedBuffers {
  readonly instances: GPUBuffer;
  readonly evaluationInstances: GPUBuffer;
  readonly importances: GPUBuffer;
  readonly weights: GPUBuffer;
  readonly moments: GPUBuffer;
}

/** What makes no difference to the data and the arithmetic, and much to the pace. */
export interface Tuning {
  /** The tiled kernels, also where the persistent one would do. */
  readonly tiled?: boolean;
  /** Threads that train one instance in the persistent kernel, a power of two; without it, by the batch and the device. */
  readonly threads?: number;
  /** Parts of the batch for the tiled kernels' gradient; without it, enough to keep a large device busy. */
  readonly parts?: number;
}

export interface StepsOptions {
  readonly tuning: Tuning;
  readonly gpu: Gpu;
  readonly spec: RunSpec;
  readonly buffers: SharedBuffers;
  readonly updates: Updates;
}

/** Sums of consecutive `parts`, in float64. */
export function addParts(values: Float32Array, parts: number): Float64Array {
  const sums = new Float64Array(values.length / parts);
  for (let i = 0; i < values.length; i++) {
    const slot = Math.floor(i / parts);
    sums[slot] = at(sums, slot) + at(values, i);
  }
  return sums;
}
