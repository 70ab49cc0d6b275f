import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleBatch } from '#lib/model/data';
import { loss, type TiedModel } from '#lib/model/tied';
import { gradientError, key, monteCarlo, randomWeights, sampleLaw } from './evaluator.fixture.ts';
import { createEvaluator, expectedLoss, reweigh, type Problem } from './expected-loss.ts';
import { independent, setsOf, uniformLaw, type Law } from './law.ts';

const anyModel = fc
  .record({
    n: fc.integer({ min: 2, max: 8 }),
    hidden: fc.integer({ min: 1, max: 8 }),
    output: fc.constantFrom('relu' as const, 'linear' as const),
  })
  .map(({ n, hidden, output }): TiedModel => ({ n, m: Math.min(hidden, n), output }));
const anySeed = fc.integer({ min: 1, max: 1_000_000 });
const unit = fc.double({ min: 0.02, max: 1, noNaN: true });
const anyKind = fc.constantFrom('correlated' as const, 'anticorrelated' as const);

/** Features in any order, cut into sets of one to four, each of its own kind and density. */
const anySets = (n: number): fc.Arbitrary<Law> =>
  fc
    .tuple(
      fc.shuffledSubarray(
        Array.from({ length: n }, (_, i) => i),
        { minLength: n },
      ),
      fc.array(fc.record({ size: fc.integer({ min: 1, max: 4 }), kind: anyKind, density: unit }), {
        minLength: n,
        maxLength: n,
      }),
    )
    .map(([features, sets]) =>
      sets.flatMap(({ size, kind, density }, k) => {
        const before = sets.slice(0, k).reduce((sum, each) => sum + each.size, 0);
        const members = features.slice(before, before + size);
        return members.length === 0 ? [] : [{ kind, members, density }];
      }),
    );

/** A problem with densities or sets, and importances, of their own. */
const anyProblem: fc.Arbitrary<Problem> = anyModel.chain((model) =>
  fc.record({
    model: fc.constant(model),
    law: fc.oneof(fc.array(unit, { minLength: model.n, maxLength: model.n }).map(independent), anySets(model.n)),
    importance: fc.array(unit, { minLength: model.n, maxLength: model.n }),
  }),
);

describe('the expected loss', () => {
  test('is what 20,000 samples give, within five standard errors: any weights, densities, importances, sets', () => {
    fc.assert(
      fc.property(anyProblem, anySeed, (problem, seed) => {
        const weights = randomWeights(problem.model, seed);
        const [mean, error] = monteCarlo(problem, weights, sampleLaw(problem.law, problem.model.n, 20_000, seed));
        expect(Math.abs(expectedLoss(problem, weights) - mean)).toBeLessThan(5 * error + 1e-12);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test("is what the reference's own sampler gives: 300,000 samples of five features, within 4 per mille", () => {
    const model: TiedModel = { n: 5, m: 2, output: 'relu' };
    for (const [seed, p] of [1, 0.5, 0.1, 0.05].entries()) {
      const weights = randomWeights(model, 10 * seed);
      const x = new Float64Array(1_500_000);
      sampleBatch(x, 5, key(seed), p);
      const exact = expectedLoss({ model, law: uniformLaw(5, p), importance: [1, 0.9, 0.81, 0.729, 0.6561] }, weights);
      expect(loss(model, weights, Float64Array.of(1, 0.9, 0.81, 0.729, 0.6561), x) / exact - 1).toBeCloseTo(0, 2.1);
    }
  });

  test('is that of sets of more features than the closed form takes: 100,000 samples of two sets of ten', () => {
    const model: TiedModel = { n: 20, m: 10, output: 'relu' };
    const problem = { model, law: setsOf('correlated', 2, 10, 0.2), importance: new Array<number>(20).fill(1) };
    const weights = randomWeights(model, 3);
    const [mean, error] = monteCarlo(problem, weights, sampleLaw(problem.law, 20, 100_000, 3));
    expect(Math.abs(expectedLoss(problem, weights) - mean)).toBeLessThan(5 * error);
    expect(error / mean).toBeLessThan(0.01);
  });

  test('has the gradient of finite differences to 1e-6 of its largest entry', () => {
    fc.assert(
      fc.property(anyProblem, anySeed, (problem, seed) => {
        expect(gradientError(createEvaluator(problem), seed)).toBeLessThan(1e-6);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  test('of other densities comes from the same integrals', () => {
    const model: TiedModel = { n: 4, m: 2, output: 'relu' };
    const weights = randomWeights(model, 5);
    const importance = [1, 1, 1, 0.5];
    const losses = createEvaluator({ model, law: uniformLaw(4, 0.5), importance }).patternLosses(weights);
    for (const densities of [
      [0.1, 0.1, 0.1, 0.1],
      [1, 0.2, 0.7, 0.01],
    ]) {
      const law = independent(densities);
      expect(reweigh(losses, law)).toBeCloseTo(expectedLoss({ model, law, importance }, weights), 14);
    }
  });

  test('of anticorrelated features that lie opposite is 0', () => {
    const problem: Problem = {
      model: { n: 4, m: 2, output: 'relu' },
      law: setsOf('anticorrelated', 2, 2, 0.3),
      importance: [1, 1, 1, 1],
    };
    const W = Float64Array.of(1, 0, -1, 0, 0, 1, 0, -1);
    expect(expectedLoss(problem, { W, b: new Float64Array(4) })).toBeCloseTo(0, 15);
  });
});

test('a law must hold each feature once, and not too many', () => {
  const problem = (law: Law): Problem => ({ model: { n: 2, m: 1, output: 'relu' }, law, importance: [1, 1] });
  expect(() => createEvaluator(problem(uniformLaw(3, 0.1)))).toThrow('from 0 to 1 once; they hold 0, 1, 2');
  const large: Problem = { model: { n: 13, m: 1, output: 'relu' }, law: uniformLaw(13, 0.1), importance: [] };
  expect(() => createEvaluator(large)).toThrow('8192 sparsity patterns are more than 4096');
});
