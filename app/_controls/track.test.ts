import { describe, expect, it } from 'vitest';
import { definitionOf, PARAMETER_KEYS, type NumberParameter } from '#lib/spec/parameters';
import { hasTrack, positionOf, positionsOf, valueAt } from './track.ts';

const numberParameter = (key: (typeof PARAMETER_KEYS)[number]): NumberParameter => {
  const definition = definitionOf(key);
  if (definition.kind === 'choice') throw new Error(`${key} is a choice`);
  return definition;
};

describe('a slider’s track', () => {
  const withTrack = PARAMETER_KEYS.filter((key) => definitionOf(key).kind !== 'choice' && key !== 'seed');

  it.each(withTrack)('reaches both ends of %s exactly, and stays in range between them', (key) => {
    const definition = numberParameter(key);
    const positions = positionsOf(definition);
    expect(valueAt(0, definition)).toBe(definition.min);
    expect(valueAt(positions, definition)).toBe(definition.max);
    for (let position = 0; position <= positions; position++) {
      const value = valueAt(position, definition);
      expect(value).toBeGreaterThanOrEqual(definition.min);
      expect(value).toBeLessThanOrEqual(definition.max);
      if (definition.kind === 'integer') expect(Number.isInteger(value)).toBe(true);
    }
  });

  it.each(withTrack)('puts the default of %s back where it was', (key) => {
    const definition = numberParameter(key);
    expect(positionOf(valueAt(positionOf(definition.default, definition), definition), definition)).toBe(
      positionOf(definition.default, definition),
    );
  });

  it('gives batches in powers of two', () => {
    const batch = numberParameter('batch');
    const values = Array.from({ length: positionsOf(batch) + 1 }, (_, position) => valueAt(position, batch));
    expect(values).toEqual([16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192]);
  });

  it('gives every whole number up to ten a position of its own, one after the other', () => {
    const n = numberParameter('n');
    expect(Array.from({ length: 9 }, (_, position) => valueAt(position, n))).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(valueAt(positionOf(5, n) + 1, n)).toBe(6);
    expect(positionsOf(n)).toBeLessThan(200);
  });

  it('is not made for a seed: nobody can aim at four billion positions', () => {
    expect(hasTrack(numberParameter('seed'))).toBe(false);
    expect(hasTrack(numberParameter('densityFrom'))).toBe(true);
  });
});
