import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, type Numbers } from '#lib/base/matrix';
import type { TiedModel, TiedWeights } from '#lib/model/tied';
import { createCrowd } from './crowd.ts';
import { createAnyEvaluator, createCrowdEvaluator, MOST_FEATURES, TOLERANCE } from './crowd-loss.ts';
import { monteCarlo, randomWeights, sampleLaw } from './evaluator.fixture.ts';
import { createEvaluator, type Problem } from './expected-loss.ts';
import { independent, setsOf, uniformLaw } from './law.ts';
import { gram } from '../gram.ts';
import { variance } from './strategies.ts';

const anySeed = fc.integer({ min: 1, max: 1_000_000 });
const unit = fc.double({ min: 0.02, max: 1, noNaN: true });
const anyProblem = fc
  .record({
    n: fc.integer({ min: 2, max: 9 }),
    hidden: fc.integer({ min: 1, max: 6 }),
    output: fc.constantFrom('relu' as const, 'relu' as const, 'linear' as const),
    densities: fc.array(unit, { minLength: 9, maxLength: 9 }),
    importance: fc.array(unit, { minLength: 9, maxLength: 9 }),
  })
  .map(({ n, hidden, output, densities, importance }): Problem => ({
    model: { n, m: Math.min(hidden, n), output },
    law: independent(densities.slice(0, n)),
    importance: importance.slice(0, n),
  }));

/** What the loss would be if nothing were stored: the unit of the tolerance. */
const unstored = ({ model: { n }, law, importance }: Problem): number =>
  law.reduce((sum, { density }, i) => sum + ((importance[i] ?? NaN) * variance(density)) / n, 0);

/** Of both evaluators: the losses, and all entries of their gradients. */
function compared(problem: Problem, weights: TiedWeights): { readonly loss: number; readonly gradient: number } {
  const { n, m } = problem.model;
  const [one, other] = [createEvaluator(problem), createCrowdEvaluator(problem)].map((evaluator) => {
    const gradient = { W: new Float64Array(n * m), b: new Float64Array(n) };
    return {
      loss: evaluator.lossAndGradient(weights, gradient),
      entries: Float64Array.of(...gradient.W, ...gradient.b),
    };
  });
  if (one === undefined || other === undefined) throw new Error('there are two');
  return {
    loss: Math.abs(one.loss - other.loss) / unstored(problem),
    gradient: Math.max(...one.entries.map((entry, j) => Math.abs(entry - at(other.entries, j)))) / unstored(problem),
  };
}

const twenty = (p: number): Problem => ({
  model: { n: 20, m: 5, output: 'relu' },
  law: uniformLaw(20, p),
  importance: Array.from({ length: 20 }, (_, i) => 0.7 ** i),
});

describe('the expected loss of many features', () => {
  test('is that of the evaluator that goes through all patterns, to the tolerance: any weights, densities, importances', () => {
    fc.assert(
      fc.property(anyProblem, anySeed, (problem, seed) => {
        expect(compared(problem, randomWeights(problem.model, seed)).loss).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('is so for features that are not stored, or hardly: rows of lengths 0 to .1', () => {
    const model: TiedModel = { n: 9, m: 4, output: 'relu' };
    for (const p of [0.05, 0.3, 1])
      for (const length of [0, 1e-5, 1e-3, 0.02, 0.1]) {
        const { W, b } = randomWeights(model, 7);
        for (let j = 4 * model.m; j < W.length; j++) W[j] = at(W, j) * length;
        const problem = { model, law: uniformLaw(9, p), importance: new Array<number>(9).fill(1) };
        const { loss, gradient } = compared(problem, { W, b });
        expect(loss, `p ${p}, length ${length}`).toBeLessThan(TOLERANCE);
        expect(gradient, `p ${p}, length ${length}`).toBeLessThan(1e-4);
      }
  });

  test('is so where an output hardly ever opens, or never: biases about what all others together add up to', () => {
    const model: TiedModel = { n: 9, m: 4, output: 'relu' };
    const { W } = randomWeights(model, 11);
    const G = gram(W, model);
    const most = Float64Array.from({ length: 9 }, (_, i) =>
      G.subarray(9 * i, 9 * i + 9).reduce((sum, c) => sum + Math.max(0, c), 0),
    );
    const problem = { model, law: uniformLaw(9, 0.3), importance: new Array<number>(9).fill(1) };
    for (const short of [-1e-3, 0, 1e-6, 1e-3, 0.1]) {
      const { loss, gradient } = compared(problem, { W, b: most.map((sum) => short - sum) });
      expect(loss, `short ${short}`).toBeLessThan(TOLERANCE);
      expect(gradient, `short ${short}`).toBeLessThan(1e-4);
    }
  });

  test('is off by no more than it says: any output, coefficients down to 1e-5, biases at the kink among them', () => {
    const anyCoefficients = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 8, maxLength: 8 });
    const anyScale = fc.constantFrom(1, 0.1, 2e-3, 9e-4, 1e-5);
    const anyBias = fc.constantFrom(0, -1e-3, 1e-3, -0.2, 0.3);
    fc.assert(
      fc.property(unit, anyCoefficients, anyScale, anyScale, anyBias, (p, coefficients, own, others, b) => {
        const c = Float64Array.from(coefficients, (each, j) => (each / 100) * (j < 2 ? own : others));
        const { value, error, standIn } = createCrowd(new Float64Array(8).fill(p)).integrate(
          c,
          b,
          0,
          new Float64Array(8),
          1e-7,
        );
        expect(Math.abs(value - enumerated(p, c, b))).toBeLessThanOrEqual(error + standIn + 1e-12);
        expect(error).toBeLessThan(2e-7);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  test('is refused where the integral cannot be found to the tolerance: one feature matters, and is hardly ever there', () => {
    const model: TiedModel = { n: 9, m: 4, output: 'relu' };
    const { W } = randomWeights(model, 11);
    const most = gram(W, model)
      .subarray(0, 9)
      .reduce((sum, c) => sum + Math.max(0, c), 0);
    const evaluator = createCrowdEvaluator({
      model,
      law: independent([1e-9, 1, 1, 1, 1, 1, 1, 1, 1]),
      importance: [1, 0, 0, 0, 0, 0, 0, 0, 0],
    });
    expect(() => evaluator.loss({ W, b: new Float64Array(9).fill(1e-3 - most) })).toThrow('Estimate it on samples');
  });

  test('is what 40,000 samples of twenty features give, within five standard errors', () => {
    for (const [seed, p] of [1, 0.3, 0.1, 0.03, 0.01].entries()) {
      const problem = twenty(p);
      const weights = randomWeights(problem.model, seed);
      const [mean, error] = monteCarlo(problem, weights, sampleLaw(problem.law, 20, 40_000, seed));
      expect(Math.abs(createCrowdEvaluator(problem).loss(weights) - mean), `p ${p}`).toBeLessThan(5 * error);
      expect(error / mean).toBeLessThan(0.04);
    }
  });

  test('falls along its gradient as it says, to 1e-5: three directions at three densities', () => {
    for (const [seed, p] of [1, 0.3, 0.03].entries())
      expect(directionalError(twenty(p), seed), `p ${p}`).toBeLessThan(1e-5);
  });
});

test('an evaluator is found for any problem that has one', () => {
  const weights = ({ n, m }: TiedModel): { W: Numbers; b: Numbers } => ({
    W: new Float64Array(n * m),
    b: new Float64Array(n),
  });
  const sets = {
    model: { n: 20, m: 2, output: 'relu' as const },
    law: setsOf('correlated', 2, 10, 0.2),
    importance: [],
  };
  // Nothing comes out: of each feature E x² = density / 3 is lost.
  const lost = ({ importance }: Problem, density: number): number =>
    (Array.from(importance).reduce((sum, each) => sum + each, 0) / 20) * (density / 3);
  for (const [problem, density] of [
    [twenty(0.1), 0.1],
    [{ ...sets, importance: new Array<number>(20).fill(1) }, 0.2],
  ] as const)
    expect(createAnyEvaluator(problem).loss(weights(problem.model))).toBeCloseTo(lost(problem, density), 12);
});

test('too many features, and sets of them, are refused', () => {
  const many: Problem = { model: { n: 25, m: 2, output: 'relu' }, law: uniformLaw(25, 0.1), importance: [] };
  expect(() => createCrowdEvaluator(many)).toThrow(`25 features are more than ${MOST_FEATURES}`);
  const sets: Problem = { model: { n: 4, m: 2, output: 'relu' }, law: setsOf('correlated', 2, 2, 0.1), importance: [] };
  expect(() => createCrowdEvaluator(sets)).toThrow('in sets');
});

/** E (x_0 − ReLU(b + c · x))², pattern by pattern. */
function enumerated(p: number, c: Float64Array, b: number): number {
  const n = c.length;
  const evaluator = createEvaluator({
    model: { n, m: n, output: 'relu' },
    law: uniformLaw(n, p),
    importance: Array.from(c, (_, i) => (i === 0 ? n : 0)),
  });
  const G = new Float64Array(n * n);
  G.set(c);
  return evaluator.lossOfGram(G, new Float64Array(n).fill(b));
}

/** Greatest difference between central differences and the gradient along random directions, over the gradient's length. */
function directionalError(problem: Problem, seed: number): number {
  const { model } = problem;
  const evaluator = createCrowdEvaluator(problem);
  const weights = randomWeights(model, seed);
  const gradient = { W: new Float64Array(model.n * model.m), b: new Float64Array(model.n) };
  evaluator.lossAndGradient(weights, gradient);
  const entries = [...gradient.W, ...gradient.b];
  const h = 1e-4;
  const errors = [100, 200, 300].map((other) => {
    const { W: dW, b: db } = randomWeights(model, seed + other);
    const moved = (by: number): number =>
      evaluator.loss({
        W: weights.W.map((w, j) => w + by * at(dW, j)),
        b: weights.b.map((b, j) => b + by * at(db, j)),
      });
    const along = [...dW, ...db].reduce((sum, d, j) => sum + d * (entries[j] ?? NaN), 0);
    return Math.abs((moved(h) - moved(-h)) / (2 * h) - along);
  });
  return Math.max(...errors) / Math.hypot(...entries);
}
