import { describe, expect, test } from 'vitest';
import { at } from '#lib/base/matrix';
import { expectedLoss } from './expected-loss.ts';
import { uniformLaw } from './law.ts';
import {
  bestStrategy,
  ignoredBoundary,
  THREE_IN_TWO,
  TRIPLE_DENSITY,
  TWO_IN_ONE,
  type StrategyLoss,
} from './strategies.ts';

/** The strategy's weights; a feature that is not there has its mean as bias. */
function exactLoss({ W }: StrategyLoss, m: number, p: number, importance: readonly number[]): number {
  const n = importance.length;
  const b = Float64Array.from(importance, (_, i) => (W.slice(i * m, (i + 1) * m).every((w) => w === 0) ? p / 2 : 0));
  const problem = { model: { n, m, output: 'relu' as const }, law: uniformLaw(n, p), importance };
  return n * expectedLoss(problem, { W: Float64Array.from(W), b });
}

describe('each closed form is the expected loss of its weights, to 1e-14', () => {
  const densities = [0.05, 0.3, 0.7, 1];
  test.each(TWO_IN_ONE.map((each) => [each.strategy, each] as const))('n = 2, m = 1: %s', (_, each) => {
    for (const p of densities)
      for (const r of [0.1, 1, 7]) expect(each.loss(p, r)).toBeCloseTo(exactLoss(each, 1, p, [1, r]), 14);
  });
  test.each(THREE_IN_TWO.map((each) => [each.strategy, each] as const))('n = 3, m = 2: %s', (_, each) => {
    for (const p of densities)
      for (const r of [0.1, 1, 7]) expect(each.loss(p, r)).toBeCloseTo(exactLoss(each, 2, p, [1, 1, r]), 14);
  });
});

test('the best strategy on each side of the boundaries', () => {
  const best = (p: number, r: number, of = TWO_IN_ONE): string => bestStrategy(of, p, r).strategy;
  const p = ignoredBoundary(0.5);
  expect([best(p - 0.001, 0.5), best(p + 0.001, 0.5)]).toEqual(['superposed', 'ignored']);
  expect([best(0.9, 0.9), best(0.9, 1.1)]).toEqual(['ignored', 'dedicated']);
  expect([best(0.1, 0.9, THREE_IN_TWO), best(0.1, 1.1, THREE_IN_TWO)]).toEqual(['superposed', 'others superposed']);
  expect(best(TRIPLE_DENSITY + 0.001, 1.1, THREE_IN_TWO)).toBe('dedicated');
  expect(at(Float64Array.from(TWO_IN_ONE[2]?.W ?? []), 1)).toBe(-1);
  expect(() => bestStrategy([], 0.1, 1)).toThrow('no strategy');
});
