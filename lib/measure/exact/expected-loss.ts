/**
 * The expected loss of a tied model, and its gradient, without sampling: the sum over all sparsity patterns of their probability
 * times the error that the pattern makes (cube.ts). Losses are means over features, as everywhere; the paper's are n times them.
 */
import { present } from '#lib/base/assert';
import { add, at, dotRows, type Numbers } from '#lib/base/matrix';
import type { TiedModel, TiedWeights } from '#lib/model/tied';
import { createCube } from './cube.ts';
import { gradientThroughGram, gram } from '../gram.ts';
import { patterns, type Law, type Pattern } from './law.ts';

export interface Problem {
  readonly model: TiedModel;
  readonly law: Law;
  /** [n] */
  readonly importance: ArrayLike<number>;
}

/** W [n, m], b [n], of any precision. */
export interface Weights {
  readonly W: Numbers;
  readonly b: Numbers;
}

/** What a descent needs. */
export interface LossEvaluator {
  readonly problem: Problem;
  /** E of the loss. */
  readonly loss: (weights: Weights) => number;
  /** The same, of G = W Wᵀ [n, n], which is all of W that matters. */
  readonly lossOfGram: (G: Float64Array, b: Numbers) => number;
  /** The same, and its gradient into `gradient`. */
  readonly lossAndGradient: (weights: Weights, gradient: TiedWeights) => number;
}

export interface Evaluator extends LossEvaluator {
  readonly patterns: readonly Pattern[];
  /** The expected loss given each pattern [patterns]: `reweigh` makes the loss of any density from it. */
  readonly patternLosses: (weights: Weights) => Float64Array;
}

export function createEvaluator(problem: Problem): Evaluator {
  const { model, law, importance } = problem;
  const { n } = model;
  checkLaw(law, n);
  const all = patterns(law);
  const cube = createCube(model.output, n);
  /** For every number of active features: coefficients and derivatives. */
  const scratch = Array.from({ length: n + 1 }, (_, k) => ({ c: new Float64Array(k), dc: new Float64Array(k) }));
  const dG = new Float64Array(n * n);

  /** Σ_i I_i F_i / n of one pattern with G = W Wᵀ; adds weight times its gradient to dG and db. */
  function patternLoss({ active }: Pattern, G: Float64Array, b: Numbers, weight: number, db?: Float64Array): number {
    const { c, dc } = present(scratch[active.length], 'scratch');
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const share = (importance[i] ?? NaN) / n;
      if (share === 0) continue;
      active.forEach((j, place) => (c[place] = at(G, i * n + j)));
      const integral = cube.integrate(c, at(b, i), active.indexOf(i), dc);
      sum += share * integral.value;
      if (db === undefined) continue;
      add(db, i, weight * share * integral.db);
      for (let place = 0; place < active.length; place++)
        add(dG, i * n + (active[place] ?? NaN), weight * share * at(dc, place));
    }
    return sum;
  }

  const likely = all.filter(({ probability }) => probability > 0);
  const weighted = (G: Float64Array, b: Numbers, db?: Float64Array): number =>
    likely.reduce((sum, each) => sum + each.probability * patternLoss(each, G, b, each.probability, db), 0);

  return {
    problem,
    patterns: all,
    loss: ({ W, b }) => weighted(gram(W, model), b),
    lossOfGram: weighted,
    lossAndGradient({ W, b }, gradient) {
      dG.fill(0);
      gradient.b.fill(0);
      const loss = weighted(gram(W, model), b, gradient.b);
      gradientThroughGram(W, model, dG, gradient.W);
      return loss;
    },
    patternLosses({ W, b }) {
      const G = gram(W, model);
      return Float64Array.from(all, (each) => patternLoss(each, G, b, 0));
    },
  };
}

/** Pattern losses [patterns] of one law → the loss under another of the same sets, without integrating again. */
export function reweigh(patternLosses: Float64Array, law: Law): number {
  const probabilities = Float64Array.from(patterns(law), ({ probability }) => probability);
  return dotRows(probabilities, 0, patternLosses, 0, patternLosses.length);
}

/** E of the loss, once. */
export const expectedLoss = (problem: Problem, weights: Weights): number => createEvaluator(problem).loss(weights);

function checkLaw(law: Law, n: number): void {
  const members = law.flatMap((set) => set.members).sort((a, b) => a - b);
  if (members.length !== n || members.some((member, i) => member !== i))
    throw new RangeError(`The sets must hold each feature from 0 to ${n - 1} once; they hold ${members.join(', ')}.`);
}
