import { expect, test } from 'vitest';
import { viridis } from './viridis.ts';

test('viridis from its dark end to its light one, as published at the quarters', () => {
  expect([0, 0.25, 0.5, 0.75, 1].map(viridis)).toEqual(['#440154', '#3b528b', '#21918c', '#5ec962', '#fde725']);
  expect([-1, 2].map(viridis), 'never beyond').toEqual(['#440154', '#fde725']);
});

test('between two of its knots every part lies between theirs, and lightness only grows', () => {
  const parts = (value: number): number[] =>
    [1, 3, 5].map((start) => Number.parseInt(viridis(value).slice(start, start + 2), 16));
  const luma = (value: number): number =>
    parts(value).reduce((sum, part, i) => sum + part * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0);
  const along = Array.from({ length: 101 }, (_, i) => luma(i / 100));
  expect(along).toEqual(along.toSorted((a, b) => a - b));
});
