import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '#lib/base/matrix';
import { alignment, canonicalOrientation, IDENTITY, transform, type Transform } from './align.ts';
import { polygon } from './regular.ts';

const turned = (angle: number, mirrored: boolean): Transform => {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return mirrored ? [c, s, s, -c] : [c, s, -s, c];
};

const coordinates = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 2, maxLength: 12 });
const anyPoints = coordinates.map((values) => Float64Array.from(values.slice(0, 2 * Math.floor(values.length / 2))));
const anyTurn = fc.tuple(fc.double({ min: -7, max: 7, noNaN: true }), fc.boolean());

const distance = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(a.reduce((total, value, j) => total + (value - at(b, j)) ** 2, 0));

describe('alignment', () => {
  test('undoes any rotation and reflection', () => {
    fc.assert(
      fc.property(anyPoints, anyTurn, (points, [angle, mirrored]) => {
        const moved = transform(points, turned(angle, mirrored));
        // Points within √ε = 1.5e-8 of one line look the same from both sides.
        expect(distance(transform(moved, alignment(moved, points)), points)).toBeLessThan(1e-6);
      }),
    );
  });

  test('no other rotation or reflection is closer', () => {
    fc.assert(
      fc.property(anyPoints, anyPoints, anyTurn, (points, others, [angle, mirrored]) => {
        const length = Math.min(points.length, others.length);
        const [p, target] = [points.subarray(0, length), others.subarray(0, length)];
        const best = distance(transform(p, alignment(p, target)), target);
        expect(best).toBeLessThanOrEqual(distance(transform(p, turned(angle, mirrored)), target) + 1e-6);
      }),
    );
  });

  test('what is almost nothing keeps its length', () => {
    const points = Float64Array.of(0, 0, -0.19438600374093026, 0);
    const moved = transform(points, alignment(points, Float64Array.of(0, 0, -1.1434826281088382e-161, 0)));
    expect(distance(moved, new Float64Array(4))).toBeCloseTo(0.19438600374093026, 12);
  });

  test('where there is nothing to align, nothing moves', () => {
    const points = Float64Array.of(1, 2, 3, 4);
    expect(transform(points, alignment(new Float64Array(4), points))).toEqual(points);
  });
});

describe('canonicalOrientation', () => {
  const oriented = (points: Float64Array): Float64Array => transform(points, canonicalOrientation(points));

  test('a pentagon, however it lies, stands on its side with feature 0 up and feature 1 on the right', () => {
    fc.assert(
      fc.property(anyTurn, ([angle, mirrored]) => {
        const { W } = polygon(5);
        expect(distance(oriented(transform(W, turned(angle, mirrored))), W)).toBeLessThan(1e-12);
      }),
    );
  });

  test('features that are not represented, or lie opposite, do not decide', () => {
    const points = Float64Array.of(0.01, 0.02, 1, 0, -1, 0.001, 0, 1);
    const [, , x, y, , , side] = oriented(points);
    expect([x, y]).toEqual([0, 1]);
    expect(side).toBe(1);
  });

  test('without represented features nothing moves', () => {
    expect(canonicalOrientation(Float64Array.of(0.1, 0.2))).toEqual(IDENTITY);
  });
});
