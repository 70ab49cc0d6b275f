import { expect, test } from 'vitest';
import { dimensionsPerFeature } from './dimensions-per-feature.ts';
import { digon, polygon, tegum } from './regular.ts';

test('m over the number of unit features: ½ for digons, 2/5 for a pentagon', () => {
  const digons = tegum(digon(), digon(), digon());
  const pentagon = polygon(5);
  expect(dimensionsPerFeature(digons.W, digons)).toBe(1 / 2);
  expect(dimensionsPerFeature(pentagon.W, pentagon)).toBeCloseTo(2 / 5, 12);
});

test('infinite where nothing is represented', () => {
  expect(dimensionsPerFeature(new Float32Array(4), { n: 2, m: 2 })).toBe(Infinity);
});
