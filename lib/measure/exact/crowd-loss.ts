/**
 * The expected loss, and its gradient, of a tied model with more independent features than their sparsity patterns can be gone
 * through for: twenty in five dimensions have a million. Output by output (crowd.ts), integrated to a tolerance that is kept, or else
 * refused; of outputs that are linear, or never cut off, in closed form. The tolerance is that of the integral: entries of WᵀW of up to 1e-3 are taken by their mean
 * and spread, which costs less than it except where a bias is at the kink with nothing else near (crowd.ts bounds it, as `standIn`).
 * Up to twelve features expected-loss.ts is quicker, and takes sets.
 */
import { present } from '#lib/base/assert';
import { square } from '#lib/base/ieee';
import { add, at, type Numbers } from '#lib/base/matrix';
import { gradientThroughGram, gram } from '../gram.ts';
import { createCrowd, type CrowdOutput } from './crowd.ts';
import { createEvaluator, type LossEvaluator, type Problem } from './expected-loss.ts';
import { countPatterns, MOST_PATTERNS, type Law } from './law.ts';
import { variance } from './strategies.ts';

/** Patterns of three of them are gone through for every output: of more features that takes seconds. */
export const MOST_FEATURES = 24;

/** Of the loss, in units of what it would be if nothing were stored; or of itself, where it is more than that. */
export const TOLERANCE = 1e-6;

export function createCrowdEvaluator(problem: Problem): LossEvaluator {
  const { model, law, importance } = problem;
  const { n } = model;
  if (n > MOST_FEATURES)
    throw new RangeError(`${n} features are more than ${MOST_FEATURES}: take fewer, or estimate the loss on samples.`);
  const p = densitiesOf(law, n);
  const crowd = createCrowd(p);
  const c = new Float64Array(n);
  const dc = new Float64Array(n);
  const dG = new Float64Array(n * n);
  const share = (i: number): number => (importance[i] ?? NaN) / n;
  const unstored = p.reduce((sum, density, i) => sum + share(i) * variance(density), 0);

  /** Σ_i I_i E (x_i − x′_i)² / n with G = W Wᵀ; adds its gradient to dG and db. */
  function loss(G: Float64Array, b: Numbers, db?: Numbers): number {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      if (share(i) === 0) continue;
      for (let j = 0; j < n; j++) c[j] = at(G, i * n + j);
      const tolerance = (TOLERANCE * unstored) / (n * share(i));
      const output =
        model.output === 'linear' || isNeverBelow(c, at(b, i))
          ? linear(p, c, at(b, i), i, dc)
          : kept(crowd.integrate(c, at(b, i), i, dc, tolerance), i, tolerance);
      sum += share(i) * output.value;
      if (db === undefined) continue;
      add(db, i, share(i) * output.db);
      for (let j = 0; j < n; j++) add(dG, i * n + j, share(i) * at(dc, j));
    }
    return sum;
  }

  return {
    problem,
    loss: ({ W, b }) => loss(gram(W, model), b),
    lossOfGram: loss,
    lossAndGradient({ W, b }, gradient) {
      dG.fill(0);
      gradient.b.fill(0);
      const value = loss(gram(W, model), b, gradient.b);
      gradientThroughGram(W, model, dG, gradient.W);
      return value;
    },
  };
}

/** The evaluator that knows the problem: pattern by pattern where that can be done. */
export const createAnyEvaluator = (problem: Problem): LossEvaluator =>
  countPatterns(problem.law) <= MOST_PATTERNS ? createEvaluator(problem) : createCrowdEvaluator(problem);

/** A ReLU that nothing closes is none. */
const isNeverBelow = (c: Float64Array, b: number): boolean =>
  c.reduce((lowest, each) => lowest + Math.min(0, each), b) >= 0;

/** Throws where the integral could not be found to the tolerance. */
function kept(output: CrowdOutput, i: number, tolerance: number): CrowdOutput {
  if (output.error > Math.max(tolerance, TOLERANCE * output.value))
    throw new RangeError(
      `The expected loss of output ${i} is only found to ${output.error.toPrecision(2)}, not to ${tolerance.toPrecision(2)}. Estimate it on samples.`,
    );
  return output;
}

/** E (x_own − s)² of s = b + c · x: what is missed has mean b + Σ p_j m_j / 2 and variance Σ v(p_j) m_j², m = c but for c_own − 1. */
function linear(
  p: Float64Array,
  c: Float64Array,
  b: number,
  own: number,
  dc: Float64Array,
): { readonly value: number; readonly db: number } {
  const missed = (j: number): number => at(c, j) - (j === own ? 1 : 0);
  const mean = p.reduce((sum, density, j) => sum + (density * missed(j)) / 2, b);
  const spread = p.reduce((sum, density, j) => sum + variance(density) * square(missed(j)), 0);
  p.forEach((density, j) => (dc[j] = mean * density + 2 * variance(density) * missed(j)));
  return { value: square(mean) + spread, db: 2 * mean };
}

/** [n] Throws where features are in sets. */
function densitiesOf(law: Law, n: number): Float64Array {
  const densities = new Float64Array(n).fill(NaN);
  for (const { members, density } of law) {
    if (members.length > 1) throw new RangeError('Features in sets are beyond this evaluator: take expected-loss.ts.');
    densities[present(members[0], 'a member')] = density;
  }
  if (densities.some(Number.isNaN)) throw new RangeError(`The law must hold each feature from 0 to ${n - 1} once.`);
  return densities;
}
