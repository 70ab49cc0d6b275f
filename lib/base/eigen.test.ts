import fc from 'fast-check';
import { expect, test } from 'vitest';
import { symmetricEigen } from './eigen.ts';
import { at, dotRows } from './matrix.ts';

test('[[2, 1], [1, 2]] has 3 along (1, 1) and 1 along (1, −1)', () => {
  const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
  expect(at(values, 0)).toBeCloseTo(3, 14);
  expect(at(values, 1)).toBeCloseTo(1, 14);
  expect(Math.abs(at(vectors, 0))).toBeCloseTo(Math.SQRT1_2, 14);
  expect(at(vectors, 0)).toBeCloseTo(at(vectors, 1), 14);
});

test('any symmetric matrix: A v = λ v, values descending, vectors orthonormal', () => {
  const anyMatrix = fc
    .integer({ min: 1, max: 7 })
    .chain((d) =>
      fc.tuple(
        fc.constant(d),
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: d * d, maxLength: d * d }),
      ),
    );
  fc.assert(
    fc.property(anyMatrix, ([d, entries]) => {
      const half = Float64Array.from(entries);
      const A = half.map((_, ij) => at(half, ij) + at(half, (ij % d) * d + Math.floor(ij / d)));
      const { values, vectors } = symmetricEigen(A, d);
      for (let k = 0; k < d; k++) {
        if (k > 0) expect(at(values, k)).toBeLessThanOrEqual(at(values, k - 1));
        for (let i = 0; i < d; i++) {
          expect(dotRows(A, i, vectors, k, d)).toBeCloseTo(at(values, k) * at(vectors, k * d + i), 10);
          expect(dotRows(vectors, i, vectors, k, d)).toBeCloseTo(i === k ? 1 : 0, 12);
        }
      }
    }),
  );
});
