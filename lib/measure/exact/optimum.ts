/** Optima of the expected loss, found by descent from structured starts, and where two kinds of them change places. */
import { present } from '#lib/base/assert';
import { at, dotRows, sum } from '#lib/base/matrix';
import { minimise, type Minimum, type Objective } from '#lib/base/minimise';
import { streamKey } from '#lib/base/random';
import { normal } from '#lib/model/init';
import type { Shape } from '#lib/model/shape';
import type { TiedWeights } from '#lib/model/tied';
import { createEvaluator, type LossEvaluator, type Problem } from './expected-loss.ts';

export interface Optimum extends TiedWeights {
  /** Mean over features. */
  readonly loss: number;
}

/** How weights hang on what is varied: x [d] → W and b, and the gradient the way back. */
export interface Family {
  readonly weights: (x: Float64Array) => TiedWeights;
  readonly backward: (gradient: TiedWeights, dx: Float64Array) => void;
}

/** Every weight and bias by itself: x = W [n, m], then b [n]. */
export function allWeights({ n, m }: Shape): Family {
  return {
    weights: (x) => ({ W: x.subarray(0, n * m), b: x.subarray(n * m) }),
    backward: ({ W, b }, dx) => {
      dx.set(W);
      dx.set(b, n * m);
    },
  };
}

/** A sum of arrangements [n, m], each at any size, and one bias for all: x = (sizes, bias). */
export function spanned(parts: readonly Float64Array[], n: number): Family {
  const last = parts.length;
  return {
    weights: (x) => ({
      W: Float64Array.from(parts[0] ?? [], (_, j) => parts.reduce((sum, part, k) => sum + at(x, k) * at(part, j), 0)),
      b: new Float64Array(n).fill(at(x, last)),
    }),
    backward: (gradient, dx) => {
      parts.forEach((part, k) => (dx[k] = dotRows(gradient.W, 0, part, 0, part.length)));
      dx[last] = sum(gradient.b);
    },
  };
}

/** One arrangement W [n, m] at any size, and one bias for all: x = (scale, bias). */
export const scaled = (W: Float64Array, n: number): Family => spanned([W], n);

/** Descends from `start` → the minimum it leads to. */
export function descend(evaluator: LossEvaluator, family: Family, start: Float64Array): Optimum & Minimum {
  const { n, m } = evaluator.problem.model;
  const gradient = { W: new Float64Array(n * m), b: new Float64Array(n) };
  const objective: Objective = (x, dx) => {
    const loss = evaluator.lossAndGradient(family.weights(x), gradient);
    family.backward(gradient, dx);
    return loss;
  };
  const found = minimise(objective, start);
  const { W, b } = family.weights(found.x);
  return { ...found, W: W.slice(), b: b.slice(), loss: found.value };
}

/** Descends with every weight free, from W [n, m] and b [n]. */
export const descendFrom = (evaluator: LossEvaluator, { W, b }: TiedWeights): Optimum & Minimum =>
  descend(evaluator, allWeights(evaluator.problem.model), Float64Array.of(...W, ...b));

/** The lowest minimum that any of the starts leads to; ties go to the first. */
export function lowest(evaluator: LossEvaluator, starts: readonly TiedWeights[]): Optimum {
  const found = starts.map((start) => descendFrom(evaluator, start));
  return present(
    found.reduce<Optimum | undefined>(
      (best, each) => (best === undefined || each.loss < best.loss ? each : best),
      undefined,
    ),
    'a start',
  );
}

/** W [n, m] with one bias for all features. */
export const withBias = (W: Float64Array, n: number, bias: number): TiedWeights => ({
  W,
  b: new Float64Array(n).fill(bias),
});

/** Starts without structure, to catch what nobody thought of: W normal with rows of about length 1, b = 0. */
export const randomStarts = ({ n, m }: Shape, count: number): readonly TiedWeights[] =>
  Array.from({ length: count }, (_, start) => {
    const key = streamKey({ seed: 0, cell: 0, replica: start }, 'init', 0);
    return {
      W: Float64Array.from({ length: n * m }, (_entry, j) => normal(key, j) / Math.sqrt(m)),
      b: new Float64Array(n),
    };
  });

/**
 * Where two branches have the same loss: `difference` has one sign at `from` and the other at `to`. A descent from where the branch
 * was at another value stays on it, so `difference` may remember.
 */
export function crossing(difference: (x: number) => number, from: number, to: number, tolerance = 1e-5): number {
  let [a, b] = [from, to];
  let [fa, fb] = [difference(a), difference(b)];
  if (!(fa * fb <= 0)) throw new RangeError(`The branches do not change places between ${from} and ${to}.`);
  // Regula falsi, halving the weight of an end that stays (the Illinois rule).
  while (Math.abs(b - a) > tolerance) {
    const x = (a * fb - b * fa) / (fb - fa);
    const fx = difference(x);
    if (Math.abs(x - b) < tolerance || fx === 0) return x;
    if (fx * fb < 0) [a, fa] = [b, fb];
    else fa /= 2;
    [b, fb] = [x, fx];
  }
  return b;
}

/** Up to where `holds` does, from `from`, where it does, to `to`, where it does not: by bisection. */
export function threshold(holds: (x: number) => boolean, from: number, to: number, tolerance = 1e-4): number {
  if (!holds(from) || holds(to)) throw new RangeError(`There is no threshold between ${from} and ${to}.`);
  let [yes, no] = [from, to];
  while (Math.abs(no - yes) > tolerance) {
    const middle = (yes + no) / 2;
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return (yes + no) / 2;
}

/** `crossing` of two minima that are followed from density to density: `at(x)` gives the problem at x. */
export function branchCrossing(
  problemAt: (x: number) => Problem,
  branches: readonly [TiedWeights, TiedWeights],
  from: number,
  to: number,
  tolerance?: number,
): number {
  return crossing(
    (x) => {
      const evaluator = createEvaluator(problemAt(x));
      const [first, second] = branches.map((branch) => descendFrom(evaluator, branch).loss);
      return present(first, 'a branch') - present(second, 'a branch');
    },
    from,
    to,
    tolerance,
  );
}
