import { describe, expect, test } from 'vitest';
import { cellCount, cellParameters } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { mapPlaceOf, mapPlaces } from './map-places.ts';
import type { Spot } from './spot.ts';

const SIDE = 8;
const spec = resolve({
  ...DEFAULT_PARAMETERS,
  ...{ densities: SIDE, densityFrom: 1, densityTo: 0.01 },
  ...{ relativeImportances: SIDE, relativeImportanceFrom: 0.1, relativeImportanceTo: 10 },
});
const places = mapPlaces(spec, { width: 600, height: 600 });
const located = (spot: Spot) => places.locate(spot) ?? { x: NaN, y: NaN };

describe('on a diagram', () => {
  test('a press at a cell means it, and its pin is there; its numbers are what is pointed at', () => {
    for (let cell = 0; cell < cellCount(spec); cell++) {
      const at = located({ kind: 'cell', cell });
      expect(places.pick(at)).toEqual({ kind: 'cell', cell });
      const { density, relativeImportance } = cellParameters(spec, cell);
      expect(places.point(at).x).toBeCloseTo(relativeImportance, 9);
      expect(places.point(at).y).toBeCloseTo(density, 9);
      expect(places.pixel(places.point(at)).x).toBeCloseTo(at.x, 6);
    }
  });

  test('a press beside it means an axis, whose pin stands there', () => {
    expect(places.pick({ x: 20, y: 200 })).toEqual({ kind: 'axis', axis: 'y' });
    expect(places.pick({ x: 300, y: 590 })).toEqual({ kind: 'axis', axis: 'x' });
    expect(located({ kind: 'axis', axis: 'x' }).y).toBeGreaterThan(located({ kind: 'cell', cell: 63 }).y);
  });

  test('a region is in the units of its axes, lower values first, and is outlined where it was drawn, on a map of any size', () => {
    const [from, to] = [located({ kind: 'cell', cell: 9 }), located({ kind: 'cell', cell: 27 })];
    const region = places.span(to, from);
    expect(region).toMatchObject({ kind: 'region' });
    if (region?.kind !== 'region') return;
    expect(region.from[0]).toBeLessThan(region.to[0]);
    expect(region.from[1]).toBeLessThan(region.to[1]);
    const [upperLeft, lowerRight] = places.outline?.(region) ?? [];
    expect(upperLeft?.x).toBeCloseTo(from.x, 6);
    expect(lowerRight?.y).toBeCloseTo(to.y, 6);
    expect(located(region)).toEqual({ x: lowerRight?.x, y: upperLeft?.y });
    const small = mapPlaces(spec, { width: 300, height: 300 });
    const there = small.locate({ kind: 'cell', cell: 9 });
    expect(small.outline?.(region)?.[0].x).toBeCloseTo(there?.x ?? NaN, 6);
  });

  test('a whole model of another figure has no place of its own, and a feature none', () => {
    expect(places.locate({ kind: 'cell' })).toBeNull();
    expect(places.locate({ kind: 'feature', feature: 0 })).toBeNull();
  });

  test('a region is found again on a map of the same axes where at least a part of it is on it', () => {
    const { over, inValues, holds } = mapPlaceOf(spec);
    expect([over, inValues]).toEqual([spec.axes.map((axis) => axis.over), true]);
    expect(holds({ from: [0.5, 0.05], to: [2, 0.5] })).toBe(true);
    expect(holds({ from: [5, 0.5], to: [50, 2] })).toBe(true);
    expect(holds({ from: [50, 0.05], to: [90, 0.5] })).toBe(false);
    expect(holds({ from: [0.5, 1e-6], to: [2, 1e-5] })).toBe(false);
    const ofOneDensity = resolve({ ...DEFAULT_PARAMETERS, densities: 100, densityFrom: 0.1, densityTo: 0.1 });
    expect(mapPlaceOf(ofOneDensity)).toMatchObject({ over: ['density'], inValues: false });
  });
});
