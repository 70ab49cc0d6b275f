import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHalf, toHalf } from './half.ts';

describe('binary16', () => {
  test('each of its 65,536 is read and written the same; what is no number stays none', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromHalf(bits);
      if (Number.isNaN(value)) expect(toHalf(value)).toBe(0x7e00);
      else if (toHalf(value) !== bits) expect([bits, toHalf(value)]).toEqual([bits, bits]);
    }
  });

  test.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_519, 0x7bff],
    [65_520, 0x7c00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 / 3, 0x3555],
  ])('%d is %i', (value, bits) => {
    expect(toHalf(value)).toBe(bits);
  });

  test('no other of its numbers is nearer', () => {
    fc.assert(
      fc.property(fc.double({ min: -65_000, max: 65_000, noNaN: true }), (value) => {
        const bits = toHalf(value);
        const error = Math.abs(fromHalf(bits) - value);
        for (const other of [bits - 1, bits + 1].filter((near) => (near & 0x7fff) < 0x7c00 && near >= 0))
          expect(Math.abs(fromHalf(other) - value)).toBeGreaterThanOrEqual(error);
      }),
    );
  });
});
