import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DRAWN, drawCells, mayDiffer } from './drawn-cells.ts';

test('as many cells as asked for, or all, each once and ascending', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      (count, stream) => {
        const drawn = drawCells(count, DRAWN, () => Number(stream.next().value));
        expect(drawn).toHaveLength(Math.min(count, DRAWN));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect([...drawn].sort((a, b) => a - b)).toEqual(drawn);
        expect(drawn.every((cell) => cell >= 0 && cell < count)).toBe(true);
      },
    ),
  );
});

test('what so many right ones say of the others', () => {
  expect(mayDiffer(1)).toBeCloseTo(0.95, 10);
  expect((1 - mayDiffer(DRAWN)) ** DRAWN).toBeCloseTo(0.05, 10);
  expect(mayDiffer(DRAWN)).toBeLessThan(0.05);
});
