/**
 * What a run is: everything that decides its numbers, and nothing else (no engine, no device, no room). It is frozen when a
 * run starts; its hash is the run's name in science. What is absent is what it was before it could be said, so that a hash stays.
 *
 * Letters, as in the paper: n features, m hidden dimensions, I instances, B batch.
 */

import type { Dependence } from '#lib/model/data';
import type { Schedule } from '#lib/model/schedule';
import type { Activation, Target } from '#lib/model/shape';

export const SPEC_SCHEMA = 1;

export interface RunSpec {
  readonly schema: typeof SPEC_SCHEMA;
  readonly model: ModelSpec;
  readonly data: DataSpec;
  /** Together they span the cells; the last axis varies fastest. No axis: one cell. Not two over the same. */
  readonly axes: readonly Axis[];
  /** Models per cell, alike but for their random numbers. instance = cell · replicas + replica. */
  readonly replicas: number;
  readonly optimizer: OptimizerSpec;
  /** B, samples per step, drawn afresh for every instance. Of a finite set no larger than this, every step takes the whole. */
  readonly batch: number;
  readonly steps: number;
  /** uint32 */
  readonly seed: number;
  /** Of a tile (`tiles.ts`): the cells it holds, of those that the axes span. What people start and what is hashed has none: it is all of them. */
  readonly window?: CellWindow;
}

/** Cells [first, first + count). */
export interface CellWindow {
  readonly first: number;
  readonly count: number;
}

interface CommonModelSpec {
  readonly n: number;
  readonly m: number;
  readonly output: Activation;
  /** Matrices start as N(0, (initScale · √(2 / (n + m)))²), b as 0. */
  readonly initScale: number;
}

/** x' = f(WᵀW x + b), one W for both directions (paper, "Demonstrating superposition"). */
export interface TiedModelSpec extends CommonModelSpec {
  readonly kind: 'tied';
  /** Absent: linear. ReLU gives the hidden layer a privileged basis. */
  readonly hidden?: 'relu';
}

/** x' = f₂(W2ᵀ f₁(W1 x) + b), trained towards x or |x| (paper, "Computation in superposition"). */
export interface UntiedModelSpec extends CommonModelSpec {
  readonly kind: 'untied';
  readonly hidden: Activation;
  readonly target: Target;
}

export type ModelSpec = TiedModelSpec | UntiedModelSpec;

/** What x is drawn from, and what each feature weighs in the loss. Where an axis runs over one of its numbers, the axis decides. */
export type DataSpec = Dependence & {
  /** p = 1 − S */
  readonly density: number;
  /** p_0 / p, absent: 1. The first feature's density is at most 1, whatever this says. */
  readonly relativeDensity?: number;
  readonly importance: ImportanceSpec;
  /** The last feature's importance is multiplied by this, absent: 1. */
  readonly relativeImportance?: number;
};

/** power: I_i = base^i. geometric: I_i = last^(i/(n−1)), from 1 to `last`, whatever n is. */
export type ImportanceSpec =
  { readonly kind: 'power'; readonly base: number } | { readonly kind: 'geometric'; readonly last: number };

export const AXES = ['density', 'relativeDensity', 'relativeImportance', 'examples'] as const;

export interface Axis {
  /** examples: of a finite set; rounded to whole ones. */
  readonly over: (typeof AXES)[number];
  readonly values: Formula;
}

/** Stored as a formula and never expanded. */
export type Formula =
  | { readonly kind: 'geometric'; readonly from: number; readonly to: number; readonly count: number }
  | { readonly kind: 'list'; readonly values: readonly number[] };

/** AdamW with decoupled weight decay on every tensor, as in torch.optim.AdamW. */
export interface OptimizerSpec {
  readonly kind: 'adamw';
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}
