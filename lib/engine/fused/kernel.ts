/** What trains one instance at a time. */
import type { Distribution } from '#lib/model/data';
import type { ToyWeights } from '#lib/model/toy';
import type { Samples } from '#lib/spec/samples';

/** One instance, as it is loaded: encoder and decoder [n, m], of a tied model one array; b [n], importance [n]. */
export interface LoadedModel {
  readonly encoder: Float32Array;
  readonly decoder: Float32Array;
  readonly b: Float32Array;
  readonly importance: Float64Array;
}

/** What samples are drawn from, and which. */
export interface Batch {
  readonly distribution: Distribution;
  readonly samples: Samples;
}

/** Works on one instance at a time: the one loaded last. */
export interface Kernel {
  load(model: LoadedModel): void;
  /** Gradient of the mean over samples and features of I_i (x'_i − t_i)². */
  gradient(batch: Batch, gradient: ToyWeights): void;
  /** The same → that mean. */
  lossAndGradient(batch: Batch, gradient: ToyWeights): number;
  /** That mean. */
  loss(batch: Batch): number;
}
