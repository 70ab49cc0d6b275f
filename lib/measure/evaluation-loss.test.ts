import { expect, test } from 'vitest';
import { evaluationLoss } from './evaluation-loss.ts';
import { expectedLoss } from './exact/expected-loss.ts';
import { uniformLaw } from './exact/law.ts';
import { polygon } from './regular.ts';

test('of a pentagon is the exact loss, within a hundredth on 65,536 samples', () => {
  const model = { n: 5, m: 2, output: 'relu' as const };
  const { W } = polygon(5, 1.1);
  const b = new Float64Array(5).fill(-0.2);
  const importance = new Float64Array(5).fill(1);
  const sampled = evaluationLoss(W, b, { model, density: 0.3, importance, samples: 65_536 });
  expect(sampled / expectedLoss({ model, law: uniformLaw(5, 0.3), importance }, { W, b })).toBeCloseTo(1, 2);
});
