import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEvaluator } from './exact/expected-loss.ts';
import { uniformLaw } from './exact/law.ts';
import { lowest, randomStarts } from './exact/optimum.ts';
import { linearOptimum } from './linear-optimum.ts';

test('no descent from twelve starts finds a better linear model, whatever the importances and the density', () => {
  const anyProblem = fc.record({
    n: fc.integer({ min: 2, max: 6 }),
    hidden: fc.integer({ min: 1, max: 4 }),
    p: fc.double({ min: 0.02, max: 1, noNaN: true }),
    importance: fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
  });
  fc.assert(
    fc.property(anyProblem, ({ n, hidden, p, importance }) => {
      const model = { n, m: Math.min(hidden, n), output: 'linear' } as const;
      const evaluator = createEvaluator({ model, law: uniformLaw(n, p), importance: importance.slice(0, n) });
      const best = evaluator.loss(linearOptimum(model, importance.slice(0, n), p));
      const found = lowest(evaluator, randomStarts(model, 12)).loss;
      expect(found).toBeGreaterThan(best * (1 - 1e-6));
      expect(found).toBeLessThan(best * (1 + 1e-4) + 1e-9);
    }),
    { numRuns: 12, seed: 1 },
  );
});
