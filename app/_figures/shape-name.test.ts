import { expect, it } from 'vitest';
import { digon, polygon, tegum } from '#lib/measure/regular';
import { convexHull } from './arrows.tsx';
import { shapeName } from './shape-name.ts';

const nameOf = ({ W, n, m }: ReturnType<typeof polygon>): string => shapeName(W, { n, m });

it('names regular shapes, and counts them', () => {
  expect(nameOf(polygon(5))).toBe('pentagon');
  expect(nameOf(tegum(digon(), digon()))).toBe('two digons');
  expect(nameOf(tegum(polygon(3), digon()))).toBe('triangle and digon');
});

it('says when vectors are not evenly apart', () => {
  const W = Float64Array.of(1, 0, 0.3, 1, -0.7, 0.4);
  expect(shapeName(W, { n: 3, m: 2 })).toBe('irregular triangle');
});

it('says nothing of a model without features', () => {
  expect(shapeName(new Float64Array(10), { n: 5, m: 2 })).toBe('nothing yet');
});

it('outlines points without those inside', () => {
  const square = [
    { x: -1, y: -1 },
    { x: 1, y: -1 },
    { x: 1, y: 1 },
    { x: -1, y: 1 },
  ];
  expect(convexHull([{ x: 0, y: 0.2 }, ...square])).toEqual(square);
});
