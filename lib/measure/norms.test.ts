import { expect, test } from 'vitest';
import { norms, representedFeatures, unitRows } from './norms.ts';

const W = Float32Array.of(3, 4, 0, 0, -0.5, 0, 0.4, 0.4);
const shape = { n: 4, m: 2 };

test('‖W_i‖ of each row', () => {
  expect([...norms(W, shape)]).toEqual([5, 0, 0.5, expect.closeTo(Math.sqrt(0.32), 6)]);
});

test('unit rows; zero stays zero', () => {
  expect([...unitRows(W, shape)].map((value) => Number(value.toFixed(6)))).toEqual([
    0.6, 0.8, 0, 0, -1, 0, 0.707107, 0.707107,
  ]);
});

test('represented are those longer than ½', () => {
  expect(representedFeatures(W, shape)).toEqual([0, 3]);
});
