/**
 * What a run is: everything that decides its numbers, and nothing else (no engine, no device, no room). It is frozen when a
 * run starts; its hash is the run's name in science.
 *
 * Letters, as in the paper: n features, m hidden dimensions, I instances, B batch.
 */

import type { Schedule } from '#lib/model/schedule';
import type { OutputActivation } from '#lib/model/shape';

export const SPEC_SCHEMA = 1;

export interface RunSpec {
  readonly schema: typeof SPEC_SCHEMA;
  readonly model: ModelSpec;
  readonly data: DataSpec;
  /** Together they span the cells; the last axis varies fastest. No axis: one cell. */
  readonly axes: readonly Axis[];
  /** Models per cell, alike but for their random numbers. instance = cell · replicas + replica. */
  readonly replicas: number;
  readonly optimizer: OptimizerSpec;
  /** B, samples per step, drawn afresh for every instance. */
  readonly batch: number;
  readonly steps: number;
  /** uint32 */
  readonly seed: number;
}

/** x' = f(WᵀW x + b), one W for both directions (paper, "Demonstrating superposition"). */
export interface ModelSpec {
  readonly kind: 'tied';
  readonly n: number;
  readonly m: number;
  readonly output: OutputActivation;
  /** W starts as N(0, (initScale · √(2 / (n + m)))²), b as 0. */
  readonly initScale: number;
}

/** x_i = 0 with probability 1 − p, else uniform in [0, 1); features independent. */
export interface DataSpec {
  readonly kind: 'independent';
  /** p = 1 − S. Where an axis runs over density, the axis decides. */
  readonly density: number;
  /** I_i = base^i */
  readonly importance: { readonly kind: 'power'; readonly base: number };
}

export interface Axis {
  readonly over: 'density';
  readonly values: Formula;
}

/** Stored as a formula and never expanded. */
export type Formula =
  | { readonly kind: 'geometric'; readonly from: number; readonly to: number; readonly count: number }
  | { readonly kind: 'list'; readonly values: readonly number[] };

/** AdamW with decoupled weight decay on W and b, as in torch.optim.AdamW. */
export interface OptimizerSpec {
  readonly kind: 'adamw';
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}
