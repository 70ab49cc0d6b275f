import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draw, HASH, mix, streamKey, STREAMS, toUnit, type Origin, type Stream } from './random.ts';

const origin: Origin = { seed: 1, cell: 2, replica: 3 };
const uint32 = fc.integer({ min: 0, max: 0xffffffff });

test('these numbers are the same on every machine and engine', () => {
  expect([0, 1, 2, 0xffffffff].map(mix)).toEqual([0, 69681622, 4057983209, 310335631]);
  expect([streamKey(origin, 'init', 0), streamKey(origin, 'data', 4)]).toEqual([1440565254, 2857780909]);
  const key = streamKey(origin, 'data', 4);
  expect([0, 1, 2].map((index) => draw(key, index))).toEqual([1525674783, 637800977, 3447087878]);
  expect(toUnit(draw(key, 0))).toBe(0.3552238345146179);
});

test('HASH is what mix does, for engines that emit it', () => {
  const byTable = (x: number): number => {
    const [first, ...others] = HASH.shifts;
    return others.reduce(
      (y, shift, i) => {
        const product = Math.imul(y, HASH.multipliers[i] ?? 0) >>> 0;
        return (product ^ (product >>> shift)) >>> 0;
      },
      (x ^ (x >>> first)) >>> 0,
    );
  };
  fc.assert(fc.property(uint32, (x) => byTable(x) === mix(x)));
});

test('mix can be undone: no two inputs share an output', () => {
  // Each multiplier is odd and each shift is a xor with higher bits: both can be undone.
  const inverse = (factor: number): number => {
    let x = factor;
    for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(factor, x));
    return x;
  };
  const unshift = (x: number, shift: number): number => {
    let y = x;
    for (let done = shift; done < 32; done += shift) y = (x ^ (y >>> shift)) >>> 0;
    return y;
  };
  const unmix = (x: number): number => {
    let y = x;
    for (let i = 3; i >= 0; i--) {
      y = unshift(y, HASH.shifts[i] ?? 0);
      if (i > 0) y = Math.imul(y, inverse(HASH.multipliers[i - 1] ?? 0)) >>> 0;
    }
    return y;
  };
  fc.assert(fc.property(uint32, (x) => unmix(mix(x)) === x));
});

test('toUnit is a float32 in [0, 1)', () => {
  expect([toUnit(0), toUnit(0xff), toUnit(0xffffffff)]).toEqual([0, 0, 1 - 2 ** -24]);
  fc.assert(fc.property(uint32, (bits) => toUnit(bits) === Math.fround(toUnit(bits))));
});

const COUNT = 100_000;
const units = (key: number): Float64Array => Float64Array.from({ length: COUNT }, (_, i) => toUnit(draw(key, i)));
const mean = (values: Float64Array): number => values.reduce((total, value) => total + value, 0) / values.length;

/** Of two uniform sequences; its standard error is 1/√COUNT = .0032. */
const correlation = (a: Float64Array, b: Float64Array): number =>
  12 * mean(a.map((value, i) => (value - 0.5) * ((b[i] ?? NaN) - 0.5)));

describe('10^5 draws of a stream, within 4 standard errors', () => {
  const values = units(streamKey(origin, 'data', 0));

  test('mean ½, variance 1/12', () => {
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(4 / Math.sqrt(12 * COUNT));
    expect(Math.abs(mean(values.map((u) => (u - 0.5) ** 2)) - 1 / 12)).toBeLessThan(4 / Math.sqrt(180 * COUNT));
  });

  test('flat: χ² of 256 bins', () => {
    const bins = new Float64Array(256);
    for (const u of values) bins[Math.floor(u * 256)] = (bins[Math.floor(u * 256)] ?? 0) + 1;
    const expected = COUNT / 256;
    const chiSquare = bins.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
    expect(Math.abs(chiSquare - 255)).toBeLessThan(4 * Math.sqrt(2 * 255));
  });

  test.each([1, 2, 5, 1024])('uncorrelated with itself %d draws later', (lag) => {
    expect(Math.abs(correlation(values.subarray(0, COUNT - lag), values.subarray(lag)))).toBeLessThan(0.0127);
  });

  test.each([
    ['the next step', streamKey(origin, 'data', 1)],
    ['the next replica', streamKey({ ...origin, replica: 4 }, 'data', 0)],
    ['the next cell', streamKey({ ...origin, cell: 3 }, 'data', 0)],
    ['the next seed', streamKey({ ...origin, seed: 2 }, 'data', 0)],
    ['another stream', streamKey(origin, 'group', 0)],
    ['stream 0 at step 1', streamKey(origin, 'init', 1)],
  ])('uncorrelated with %s', (_, key) => {
    expect(Math.abs(correlation(values, units(key)))).toBeLessThan(0.0127);
  });
});

describe('streams do not overlap', () => {
  test('every stream, cell, replica and step has a key of its own', () => {
    const keys = new Set<number>();
    let count = 0;
    for (const stream of Object.keys(STREAMS) as Stream[])
      for (let cell = 0; cell < 8; cell++)
        for (let replica = 0; replica < 8; replica++)
          for (let step = 0; step < 16; step++, count++) keys.add(streamKey({ seed: 1, cell, replica }, stream, step));
    expect(keys.size).toBe(count);
  });

  test('of one origin and stream, no two steps share a key', () => {
    fc.assert(
      fc.property(uint32, uint32, uint32, (seed, a, b) => {
        const key = (step: number): number => streamKey({ seed, cell: 0, replica: 0 }, 'data', step);
        return a === b || key(a) !== key(b);
      }),
    );
  });

  test('exchanging step and stream gives another key', () => {
    fc.assert(
      fc.property(uint32, (seed) => {
        const at = { seed, cell: 0, replica: 0 };
        return streamKey(at, 'data', 0) !== streamKey(at, 'init', 1);
      }),
    );
  });
});
