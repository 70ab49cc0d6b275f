import { expect, test } from 'vitest';
import { gram } from './gram.ts';

test('all dot products of the rows', () => {
  expect([...gram(Float32Array.of(1, 2, 3, -1, 0, 5), { n: 3, m: 2 })]).toEqual([5, 1, 10, 1, 10, -5, 10, -5, 25]);
});
