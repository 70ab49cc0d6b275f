import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCube } from './cube.ts';

/** Coefficients as whole numbers of this: sums over corners are then whole as well, and nothing is rounded. */
const UNIT = 2 ** -40;
const toWhole = (value: number): bigint => BigInt(Math.round(value / UNIT));

/** above / below → the nearest number. */
function quotient(above: bigint, below: bigint): number {
  const digits = (value: bigint): number => value.toString(2).length;
  const shift = Math.max(0, digits(below) - digits(above) + 64);
  return Number((above << BigInt(shift)) / below) / 2 ** shift;
}

const factorial = (k: number): bigint => (k <= 1 ? 1n : BigInt(k) * factorial(k - 1));

/** Σ over the corners of the cube of ± (s_v)₊^power, where coordinate `half` is 1, if any is named. */
function cornerSum(c: readonly bigint[], b: bigint, power: number, half = -1): bigint {
  let sum = 0n;
  for (let v = 0; v < 1 << c.length; v++) {
    const isAt = (j: number): boolean => ((v >> j) & 1) === 1;
    if (half >= 0 && !isAt(half)) continue;
    const s = c.reduce((total, value, j) => (isAt(j) ? total + value : total), b);
    const sign = c.filter((_, j) => !isAt(j)).length % 2 === 0 ? 1n : -1n;
    if (s > 0n) sum += sign * s ** BigInt(power);
  }
  return sum;
}

interface Moments {
  /** E s₊² */
  readonly square: number;
  /** E x_j s₊ */
  readonly weighted: number;
}

/** Without rounding, but for the last division. */
function moments(values: readonly number[], bias: number, j: number): Moments {
  const [c, b] = [values.map(toWhole), toWhole(bias)];
  const l = c.length;
  const product = c.reduce((total, value) => total * value, 1n);
  const own = c[j] ?? 0n;
  const M2 = cornerSum(c, b, l + 2);
  const N1 = cornerSum(c, b, l + 1, j);
  return {
    square: quotient(2n * M2, factorial(l + 2) * product) * UNIT ** 2,
    weighted: quotient(BigInt(l + 2) * N1 * own - M2, factorial(l + 2) * product * own) * UNIT,
  };
}

/** Of any size and sign, as whole units. */
const coefficient = fc
  .tuple(fc.double({ min: -5, max: 0, noNaN: true }), fc.boolean())
  .map(([power, positive]) => Math.round((positive ? 1 : -1) * (10 ** power / UNIT)) * UNIT);
const bias = fc.double({ min: -0.5, max: 0.5, noNaN: true }).map((b) => Math.round(b / UNIT) * UNIT);

describe('the error of an output over the unit cube', () => {
  test.each([1, 2, 3, 4, 6, 8])(
    'is that of the sum over corners in whole numbers to 1e-9, of %i coefficients from 1e-5 to 1',
    (l) => {
      const cube = createCube('relu', l);
      fc.assert(
        fc.property(fc.array(coefficient, { minLength: l, maxLength: l }), bias, (values, b) => {
          const { square, weighted } = moments(values, b, 0);
          const dc = new Float64Array(l);
          const c = Float64Array.from(values);
          expect(Math.abs(cube.integrate(c, b, -1, dc).value - square)).toBeLessThan(1e-9);
          // d E s₊² / dc_0 = 2 E x_0 s₊
          expect(Math.abs((dc[0] ?? NaN) / 2 - weighted)).toBeLessThan(1e-6);
          expect(Math.abs(cube.integrate(c, b, 0, dc).value - (1 / 3 - 2 * weighted + square))).toBeLessThan(1e-9);
        }),
        { numRuns: 200, seed: l },
      );
    },
  );

  test('is right to 1e-6 where several coefficients are left to the nodes: of fourteen of the same size', () => {
    const cube = createCube('relu', 14);
    for (const [size, b] of [
      [0.25, 0.1],
      [0.125, -0.2],
      [0.0625, 0.05],
    ] as const) {
      const values = Array.from({ length: 14 }, (_, j) => (j % 3 === 0 ? -size : size));
      const { square } = moments(values, b, 0);
      const found = cube.integrate(Float64Array.from(values), b, -1, new Float64Array(14)).value;
      expect(Math.abs(found - square)).toBeLessThan(1e-6);
    }
  });

  test('does not mind coefficients that are nothing', () => {
    const cube = createCube('relu', 6);
    const dc = new Float64Array(6);
    const { value } = cube.integrate(Float64Array.of(0, 1, 0, -0.5, 0, 0), 0.1, 0, dc);
    const { square } = moments([1, -0.5], 0.1, 0);
    const mean = cube.integrate(Float64Array.of(1, -0.5), 0.1, -1, dc.subarray(0, 2)).db / 2;
    // x_0 has nothing to do with s: E (x_0 − s₊)² = 1/3 − E s₊ + E s₊².
    expect(value).toBeCloseTo(1 / 3 - mean + square, 12);
  });
});
