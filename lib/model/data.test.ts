import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, rowOf } from '#lib/base/matrix';
import {
  activationThreshold,
  chosenMember,
  densityCode,
  featureValue,
  drawSamples,
  valueScale,
  type Dependence,
  type Distribution,
} from './data.ts';

const SAMPLES = 500_000;
const KEYS = { data: 11, group: 0xdecade, member: 0xabcdef01, sign: 77 };

const distribution = (density: readonly number[], dependence: Dependence = { kind: 'independent' }): Distribution => ({
  ...dependence,
  density: Float64Array.from(density),
});

describe.each([1, 0.3, 0.05])('density %d over 10^6 numbers', (p) => {
  const x = new Float64Array(2 * SAMPLES);
  drawSamples(x, distribution([p, p]), KEYS);
  const mean = (of: (a: number, b: number) => number): number => {
    let sum = 0;
    for (let s = 0; s < SAMPLES; s++) sum += of(at(x, 2 * s), at(x, 2 * s + 1));
    return sum / SAMPLES;
  };

  test('E x = p/2 and E x² = p/3, to 1% (paper row 1)', () => {
    expect(Math.abs(mean((a, b) => (a + b) / 2) / (p / 2) - 1)).toBeLessThan(0.01);
    expect(Math.abs(mean((a, b) => (a * a + b * b) / 2) / (p / 3) - 1)).toBeLessThan(0.01);
  });

  test('E x_i x_j = p²/4: features are independent', () => {
    const deviation = (p * p) / 9;
    expect(Math.abs(mean((a, b) => a * b) - (p * p) / 4)).toBeLessThan((4 * Math.sqrt(deviation)) / Math.sqrt(SAMPLES));
  });

  test('active with probability p', () => {
    expect(Math.abs(mean((a) => (a > 0 ? 1 : 0)) - p)).toBeLessThan(0.003);
  });
});

test('threshold and scale are the numbers every engine uses', () => {
  expect([1, 0.5, 0.05, 2].map(activationThreshold)).toEqual([0x100000000, 0x80000000, 214748364, 0x100000000]);
  expect([1, 0.5, 0.3].map(valueScale)).toEqual([2 ** -24, 2 ** -23, Math.fround(1 / (0.3 * 2 ** 24))]);
});

test('every value is a float32 in [0, 1]', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.double({ min: 1e-3, max: 1, noNaN: true }),
      (bits, density) => {
        const code = densityCode(density);
        for (const value of [featureValue(bits, code), featureValue(code.threshold - 1, code)])
          if (value !== Math.fround(value) || value < 0 || value > 1) return false;
        return true;
      },
    ),
    { numRuns: 10_000 },
  );
});

test('a later part of a batch is the same as the whole from there', () => {
  const whole = new Float64Array(30);
  const part = new Float64Array(12);
  const kinds: readonly Dependence[] = [
    { kind: 'independent' },
    { kind: 'signed' },
    { kind: 'correlated', setSize: 2 },
    { kind: 'anticorrelated', setSize: 2 },
    { kind: 'finite', examples: 100 },
  ];
  for (const dependence of kinds) {
    const drawn = distribution([0.4, 0.5, 0.6], dependence);
    drawSamples(whole, drawn, KEYS);
    drawSamples(part, drawn, KEYS, 6);
    expect([...part]).toEqual([...whole.subarray(18)]);
    expect(whole.some((value) => value !== 0)).toBe(true);
    expect(whole.every((value) => Math.fround(value) === value)).toBe(true);
  }
});

test('each feature has its own density', () => {
  const density = [0.9, 0.1, 0.5];
  const x = new Float64Array(30_000);
  drawSamples(x, distribution(density), KEYS);
  density.forEach((p, i) => {
    const active = x.filter((value, j) => j % 3 === i && value > 0).length / 10_000;
    expect(Math.abs(active - p)).toBeLessThan(0.02);
  });
});

/** Samples of `dependence` with n = 5 features at density p, as rows. */
function drawRows(dependence: Dependence, p: number, count = 20_000): readonly Float64Array[] {
  const x = new Float64Array(5 * count);
  drawSamples(x, distribution([p, p, p, p, p], dependence), KEYS);
  return Array.from({ length: count }, (_, sample) => rowOf(x, sample, 5));
}
const activeIn = (row: Float64Array, features: readonly number[]): readonly number[] =>
  features.filter((i) => at(row, i) !== 0);
const share = (rows: readonly Float64Array[], is: (row: Float64Array) => boolean): number =>
  rows.filter(is).length / rows.length;

test('signed: uniform in (−1, 1), half of the active ones negative', () => {
  const values = drawRows({ kind: 'signed' }, 0.3).flatMap((row) => [...row]);
  const active = values.filter((value) => value !== 0);
  expect(active.length / values.length).toBeCloseTo(0.3, 2);
  expect(active.filter((value) => value < 0).length / active.length).toBeCloseTo(0.5, 1);
  expect(active.reduce((sum, value) => sum + value * value, 0) / active.length).toBeCloseTo(1 / 3, 2);
});

test('correlated: a set is active together, with probability p, and its values are their own', () => {
  const rows = drawRows({ kind: 'correlated', setSize: 3 }, 0.3);
  for (const set of [
    [0, 1, 2],
    [3, 4],
  ]) {
    expect(rows.every((row) => [0, set.length].includes(activeIn(row, set).length))).toBe(true);
    expect(share(rows, (row) => activeIn(row, set).length > 0)).toBeCloseTo(0.3, 1);
  }
  expect(share(rows, (row) => activeIn(row, [0, 1, 2, 3, 4]).length === 5)).toBeCloseTo(0.09, 1);
  const together = rows.filter((row) => at(row, 0) > 0);
  const product = together.reduce((sum, row) => sum + (at(row, 0) - 0.5) * (at(row, 1) - 0.5), 0) / together.length;
  expect(Math.abs(product)).toBeLessThan(0.01);
});

test('anticorrelated: of an active set one member is, each as often as the others', () => {
  const rows = drawRows({ kind: 'anticorrelated', setSize: 3 }, 0.3);
  expect(rows.every((row) => activeIn(row, [0, 1, 2]).length <= 1 && activeIn(row, [3, 4]).length <= 1)).toBe(true);
  for (const i of [0, 1, 2]) expect(Math.abs(share(rows, (row) => at(row, i) > 0) - 0.1)).toBeLessThan(0.01);
  for (const i of [3, 4]) expect(Math.abs(share(rows, (row) => at(row, i) > 0) - 0.15)).toBeLessThan(0.01);
});

test('a member is chosen within the set, also by the highest bits', () => {
  expect([0, 0x7fffffff, 0x80000000, 0xffffffff].map((bits) => chosenMember(bits, 1_000))).toEqual([0, 499, 500, 999]);
});

test('finite: the examples come again in a circle, each of length one', () => {
  const rows = drawRows({ kind: 'finite', examples: 7 }, 0.9, 21);
  expect(rows.slice(7, 14)).toEqual(rows.slice(0, 7));
  expect(new Set(rows.map(String)).size).toBe(7);
  for (const row of rows) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
});
