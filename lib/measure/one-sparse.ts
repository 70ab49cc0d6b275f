/**
 * The loss where at most one feature is active (paper, "Mathematical Understanding"): the terms that are left as S → 1, in closed
 * form. With a = ‖W_i‖² and c = W_i · W_j, for x uniform in [0, 1).
 */
import { square } from '#lib/base/ieee';
import { at, type Numbers } from '#lib/base/matrix';
import type { OutputActivation } from '#lib/model/shape';
import { REPRESENTED_NORM } from './norms.ts';

const cube = (x: number): number => x * x * x;

/** ∫₀¹ (x − f(ax + b))² dx, a ≥ 0: what a feature that is active by itself loses. 1/3 where it does not come out at all. */
export function ownError(a: number, b: number, output: OutputActivation): number {
  if (output === 'linear' || b >= 0) return square(1 - a) / 3 - (1 - a) * b + square(b);
  if (a + b <= 0) return 1 / 3;
  // Closed up to x0. From there the error is (1 − a)x − b, whose square is a parabola: Simpson's rule is exact.
  const x0 = -b / a;
  const error = (x: number): number => square((1 - a) * x - b);
  return cube(x0) / 3 + ((1 - x0) / 6) * (error(x0) + 4 * error((x0 + 1) / 2) + error(1));
}

/** ∫₀¹ f(cx + b)² dx: what another feature, active by itself, makes of an output that should be 0. */
export function crossError(c: number, b: number, output: OutputActivation): number {
  const [start, end] = [b, c + b];
  const isOpen = output === 'linear' || (start >= 0 && end >= 0);
  if (isOpen) return square(c) / 3 + c * b + square(b);
  if (start <= 0 && end <= 0) return 0;
  // Open on one side of its zero only.
  return cube(Math.max(start, end)) / (3 * Math.abs(c));
}

/** What the loss is made of, feature by feature. Each [n], importance-weighted means over features, as losses are. */
export interface LossAnatomy {
  /** Nothing is active, and yet it comes out: S^n · I_i f(b_i)². */
  readonly resting: Float64Array;
  /** It alone is active, and comes out wrong: p S^(n−1) · I_i A(‖W_i‖², b_i). */
  readonly own: Float64Array;
  /** Another alone is active, and it comes out: p S^(n−1) · I_i Σ_{j≠i} B(W_i · W_j, b_i). */
  readonly interference: Float64Array;
  /** What it would cost not to be stored at all, its bias at its mean: I_i (p/3 − p²/4). */
  readonly absent: Float64Array;
  /** Σ_{i≠j} ReLU(Ŵ_i · Ŵ_j)² of the represented features: the generalised Thomson problem's energy. */
  readonly thomson: number;
}

/** One model, and the data it is for. */
export interface AnatomyProblem {
  readonly output: OutputActivation;
  /** p = 1 − S */
  readonly density: number;
  /** [n] */
  readonly importance: Numbers;
}

/** G = W Wᵀ [n, n], which is all of W that matters; b [n] */
export function lossAnatomy(G: Numbers, b: Numbers, problem: AnatomyProblem): LossAnatomy {
  const { output, density: p, importance } = problem;
  const n = b.length;
  const others = power(1 - p, n - 1);
  const features = Array.from({ length: n }, (_, i) => i);
  const share = (i: number): number => at(importance, i) / n;
  const crossed = (i: number): number =>
    features.reduce((sum, j) => (j === i ? sum : sum + crossError(at(G, i * n + j), at(b, i), output)), 0);
  const resting = (i: number): number => square(output === 'linear' ? at(b, i) : Math.max(0, at(b, i)));
  return {
    resting: Float64Array.from(features, (i) => share(i) * others * (1 - p) * resting(i)),
    own: Float64Array.from(features, (i) => share(i) * p * others * ownError(at(G, i * n + i), at(b, i), output)),
    interference: Float64Array.from(features, (i) => share(i) * p * others * crossed(i)),
    absent: Float64Array.from(features, (i) => share(i) * (p / 3 - square(p) / 4)),
    thomson: thomsonEnergy(G, n),
  };
}

/** G = W Wᵀ [n, n] → Σ_{i≠j} ReLU(Ŵ_i · Ŵ_j)² over represented features: 0 where no two are closer than 90°. */
export function thomsonEnergy(G: Numbers, n: number): number {
  const squared = (i: number): number => at(G, i * n + i);
  const represented = Array.from({ length: n }, (_, i) => i).filter((i) => squared(i) > square(REPRESENTED_NORM));
  let energy = 0;
  for (const i of represented)
    for (const j of represented)
      if (i !== j) energy += square(Math.max(0, at(G, i * n + j))) / (squared(i) * squared(j));
  return energy;
}

function power(base: number, exponent: number): number {
  let product = 1;
  for (let k = 0; k < exponent; k++) product *= base;
  return product;
}
