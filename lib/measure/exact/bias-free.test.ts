import fc from 'fast-check';
import { expect, test } from 'vitest';
import { biasFreeLoss } from './bias-free.ts';
import { expectedLoss } from './expected-loss.ts';
import { uniformLaw } from './law.ts';

/** Not next to 0: below |c| = |w1 · w2| = 1e-3 the closed form divides what is almost nothing by itself. */
const weight = fc
  .tuple(fc.double({ min: 0.05, max: 1.6, noNaN: true }), fc.boolean())
  .map(([size, isNegative]) => (isNegative ? -size : size));
const unit = fc.double({ min: 0.01, max: 1, noNaN: true });

test('is the expected loss with b = 0, to 1e-10: any weights, importance and density', () => {
  fc.assert(
    fc.property(weight, weight, unit, unit, (w1, w2, r, p) => {
      const problem = { model: { n: 2, m: 1, output: 'relu' as const }, law: uniformLaw(2, p), importance: [1, r] };
      const exact = 2 * expectedLoss(problem, { W: Float64Array.of(w1, w2), b: new Float64Array(2) });
      expect(biasFreeLoss([w1, w2], r, p)).toBeCloseTo(exact, 10);
    }),
  );
});

test('at the axes, where one feature is not represented', () => {
  const v = (p: number): number => p / 3;
  expect(biasFreeLoss([1, 0], 0.5, 0.3)).toBeCloseTo(0.5 * v(0.3), 12);
  expect(biasFreeLoss([0, 1], 0.5, 0.3)).toBeCloseTo(v(0.3), 12);
});
