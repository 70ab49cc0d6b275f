import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cos, exp, log, sin } from './ieee.ts';

/** Distance in units in the last place of `expected`. */
function ulps(actual: number, expected: number): number {
  if (actual === expected) return 0;
  const magnitude = Math.max(Math.abs(expected), Number.MIN_VALUE * 2 ** 52);
  return Math.abs(actual - expected) / 2 ** (Math.floor(Math.log2(magnitude)) - 52);
}

const within = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true, noDefaultInfinity: true });
const runs = { numRuns: 20_000 };

describe('within 2 ulp of Math', () => {
  test('exp over its whole range', () => {
    fc.assert(
      fc.property(within(-745, 709.7), (x) => ulps(exp(x), Math.exp(x)) <= 2),
      runs,
    );
    fc.assert(
      fc.property(within(-2, 2), (x) => ulps(exp(x), Math.exp(x)) <= 2),
      runs,
    );
  });

  test('log over all positive numbers, and near 1', () => {
    fc.assert(
      fc.property(within(Number.MIN_VALUE, Number.MAX_VALUE), (x) => ulps(log(x), Math.log(x)) <= 2),
      runs,
    );
    fc.assert(
      fc.property(within(0.5, 2), (x) => ulps(log(x), Math.log(x)) <= 2),
      runs,
    );
  });

  test('cos and sin over |x| ≤ 10^5', () => {
    for (const range of [1e5, 10, 1])
      fc.assert(
        fc.property(within(-range, range), (x) => ulps(cos(x), Math.cos(x)) <= 2 && ulps(sin(x), Math.sin(x)) <= 2),
        runs,
      );
  });
});

test('near the zeros of cos and sin the error is relative, not absolute', () => {
  for (let k = 1; k < 2_000; k++) {
    const zero = (k * Math.PI) / 2;
    for (const x of [zero, zero + 1e-9, zero - 1e-5]) {
      expect(ulps(cos(x), Math.cos(x))).toBeLessThanOrEqual(2);
      expect(ulps(sin(x), Math.sin(x))).toBeLessThanOrEqual(2);
    }
  }
});

test('the ends of the ranges', () => {
  expect([exp(0), exp(710), exp(-746), exp(Infinity), exp(-Infinity)]).toEqual([1, Infinity, 0, Infinity, 0]);
  expect([log(1), log(0), log(Infinity)]).toEqual([0, -Infinity, Infinity]);
  expect([cos(0), sin(0)]).toEqual([1, 0]);
  expect([exp(NaN), log(-1), log(NaN), cos(2e5), sin(NaN)].every(Number.isNaN)).toBe(true);
  expect(exp(709.782712893384)).toBeLessThan(Infinity);
  expect(log(Number.MIN_VALUE)).toBeCloseTo(-744.4400719213812, 12);
});

test('these bits are the same on every machine', () => {
  expect([exp(1), exp(-3.7), log(10), log(0.05)]).toEqual([
    2.7182818284590455, 0.024723526470339388, 2.302585092994046, -2.995732273553991,
  ]);
  expect([cos(1), cos(2.5), sin(1), sin(-40)]).toEqual([
    0.5403023058681398, -0.8011436155469337, 0.8414709848078965, -0.7451131604793488,
  ]);
});
