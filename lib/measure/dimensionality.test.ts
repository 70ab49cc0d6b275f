import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dotRows, sum } from '#lib/base/matrix';
import { capacity, dimensionality } from './dimensionality.ts';
import { digon, polygon, squareAntiprism, tegum, tetrahedron, type Arrangement } from './regular.ts';

const repeat = (value: number, count: number): number[] => new Array<number>(count).fill(value);

describe('the values of the paper (row 18), to 1e-6', () => {
  const rows: readonly [string, Arrangement, readonly number[]][] = [
    ['tetrahedron', tetrahedron(), repeat(3 / 4, 4)],
    ['triangle', polygon(3), repeat(2 / 3, 3)],
    ['digon', digon(), repeat(1 / 2, 2)],
    ['pentagon', polygon(5), repeat(2 / 5, 5)],
    ['square antiprism', squareAntiprism(), repeat(3 / 8, 8)],
    ['triangular bipyramid', tegum(polygon(3), digon()), [...repeat(2 / 3, 3), ...repeat(1 / 2, 2)]],
    ['pentagonal bipyramid', tegum(polygon(5), digon()), [...repeat(2 / 5, 5), ...repeat(1 / 2, 2)]],
    ['octahedron', tegum(digon(), digon(), digon()), repeat(1 / 2, 6)],
  ];
  test.each(rows)('%s', (_, shape, expected) => {
    dimensionality(shape.W, shape).forEach((value, i) => {
      expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-6);
    });
  });
});

test('the square antiprism of least energy, z = .5553, has .374 (row 23)', () => {
  const shape = squareAntiprism(0.5553);
  dimensionality(shape.W, shape).forEach((value) => {
    expect(value).toBeCloseTo(0.374, 3);
  });
});

const factor = fc.oneof(
  fc.constant(digon()),
  fc.constant(tetrahedron()),
  fc.constant(squareAntiprism()),
  fc.integer({ min: 3, max: 9 }).map((k) => polygon(k)),
);

test('Σ D_i = m for every tegum product of tight frames', () => {
  fc.assert(
    fc.property(fc.array(factor, { minLength: 1, maxLength: 5 }), (factors) => {
      const product = tegum(...factors);
      expect(sum(dimensionality(product.W, product))).toBeCloseTo(product.m, 9);
    }),
  );
});

test('a pentagon has .4 whatever its size, and a feature that is not there has 0', () => {
  const pentagon = polygon(5, 1.136);
  expect(dimensionality(pentagon.W, pentagon)[2]).toBeCloseTo(0.4, 12);
  expect([...dimensionality(Float64Array.of(1, 0, 0, 0, 1e-9, 0), { n: 3, m: 2 })]).toEqual([
    1,
    0,
    expect.closeTo(0, 5),
  ]);
});

const entry = fc.integer({ min: 1, max: 4_000 }).map((k) => (k % 2 === 0 ? k : -k) / 2_000);

test('capacity by its own formula is the same', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 6, maxLength: 6 }), (entries) => {
      const W = Float64Array.from(entries);
      capacity(W, { n: 3, m: 2 }).forEach((value, i) => {
        const row = [0, 1, 2].map((j) => dotRows(W, i, W, j, 2) ** 2);
        expect(value).toBeCloseTo((row[i] ?? NaN) / row.reduce((total, term) => total + term, 0), 9);
      });
    }),
  );
});
