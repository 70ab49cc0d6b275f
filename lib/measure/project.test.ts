import { expect, test } from 'vitest';
import { at, dotRows } from '#lib/base/matrix';
import { principalAxes, project } from './project.ts';

const drawn = (W: Float64Array, n: number, m: number): number[] => [
  ...project(W, { n, m }, principalAxes(W, { n, m })),
];

test('m = 1 is drawn on a line, m = 2 as it is', () => {
  expect(drawn(Float64Array.of(1, -2), 2, 1)).toEqual([1, 0, -2, 0]);
  expect(drawn(Float64Array.of(1, -2, 3, 4), 2, 2)).toEqual([1, -2, 3, 4]);
});

test('a plane within four dimensions is found: lengths and angles are kept', () => {
  const [u, v] = [Float64Array.of(0.5, 0.5, 0.5, 0.5), Float64Array.of(0.5, -0.5, 0.5, -0.5)];
  const flat = Float64Array.of(1, 0, 0.3, 0.8, -0.5, 0.2);
  const W = Float64Array.from({ length: 12 }, (_, j) => {
    const i = Math.floor(j / 4);
    return at(flat, 2 * i) * at(u, j % 4) + at(flat, 2 * i + 1) * at(v, j % 4);
  });
  const points = Float64Array.from(drawn(W, 3, 4));
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) expect(dotRows(points, i, points, j, 2)).toBeCloseTo(dotRows(flat, i, flat, j, 2), 12);
});

test('the first axis is the one with most on it', () => {
  const W = Float64Array.of(0.1, 0, 0, 0, 0, 3, 0, 1, 0);
  const points = drawn(W, 3, 3);
  expect(Math.abs(points[2] ?? 0)).toBeCloseTo(3, 12);
  expect(Math.abs(points[5] ?? 0)).toBeCloseTo(1, 12);
});
