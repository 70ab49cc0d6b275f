import { expect, test } from 'vitest';
import { degreesBetween } from './angles.ts';
import { polygon } from './regular.ts';

test('neighbours and others in a pentagon: 72° and 144°', () => {
  const { W } = polygon(5, 1.1);
  expect([1, 2, 3, 4].map((j) => Math.round(degreesBetween(W, 0, j, 2) * 1e9) / 1e9)).toEqual([72, 144, 144, 72]);
});

test('the same direction is 0°, the opposite 180°, whatever rounding does', () => {
  const W = Float32Array.of(0.1, 0.7, 0.3, 2.1, -0.2, -1.4);
  expect(degreesBetween(W, 0, 1, 2)).toBeCloseTo(0, 4);
  expect(degreesBetween(W, 0, 2, 2)).toBeCloseTo(180, 4);
});
