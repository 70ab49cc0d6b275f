import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '#lib/base/matrix';
import { activationThreshold, densityCode, featureValue, sampleBatch, valueScale } from './data.ts';

const SAMPLES = 500_000;

describe.each([1, 0.3, 0.05])('density %d over 10^6 numbers', (p) => {
  const x = new Float64Array(2 * SAMPLES);
  sampleBatch(x, 2, 11, p);
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
  sampleBatch(whole, 3, 5, 0.4);
  sampleBatch(part, 3, 5, 0.4, 6);
  expect([...part]).toEqual([...whole.subarray(18)]);
});
