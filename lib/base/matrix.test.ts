import { expect, test } from 'vitest';
import { add, at, dotRows, rowOf, sum } from './matrix.ts';

const A = Float64Array.of(1, 2, 3, 4, 5, 6);

test('past either end is NaN, never a silent zero', () => {
  expect([at(A, 0), at(A, 5)]).toEqual([1, 6]);
  expect([at(A, 6), at(A, -1)]).toEqual([NaN, NaN]);
});

test('dotRows takes rows of two matrices, of either precision', () => {
  expect(dotRows(A, 1, A, 2, 2)).toBe(3 * 5 + 4 * 6);
  expect(dotRows(A, 0, Float32Array.of(-1, 0, 2), 0, 3)).toBe(5);
});

test('a row is a view: what is added to it is added to the matrix', () => {
  const B = A.slice();
  add(rowOf(B, 1, 2), 0, 10);
  expect([...B]).toEqual([1, 2, 13, 4, 5, 6]);
});

test('sum', () => {
  expect([sum(A), sum(new Float32Array(0))]).toEqual([21, 0]);
});
