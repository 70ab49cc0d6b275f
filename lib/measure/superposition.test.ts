import { expect, test } from 'vitest';
import { polygon } from './regular.ts';
import { superposition } from './superposition.ts';

test('orthogonal features share nothing', () => {
  expect([...superposition(Float64Array.of(1, 0, 0, 1.1), { n: 2, m: 2 })]).toEqual([0, 0]);
});

test('an antipodal pair: the square of the other, along the direction of this one', () => {
  expect([...superposition(Float64Array.of(2, -3), { n: 2, m: 1 })]).toEqual([9, 4]);
});

test('a pentagon of length 1: 5/2 − 1', () => {
  const pentagon = polygon(5);
  superposition(pentagon.W, pentagon).forEach((value) => {
    expect(value).toBeCloseTo(1.5, 12);
  });
});

test('a feature that is not there is in no one’s way and has no direction to share', () => {
  expect([...superposition(Float64Array.of(1, 0), { n: 2, m: 1 })]).toEqual([0, 0]);
});
