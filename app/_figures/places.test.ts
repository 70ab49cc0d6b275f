import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gram } from '#lib/measure/gram';
import { polygon } from '#lib/measure/regular';
import type { CellView } from './cell-view.ts';
import { directionsPlaces } from './directions.tsx';
import { measureCell } from './formation.ts';
import { gramPlaces } from './gram.tsx';
import { lossPlaces } from './loss-places.ts';
import { normsPlaces } from './norms.tsx';
import type { Pixel, Places, Spot } from './spot.ts';

const pentagon = polygon(5, 1.1);
const view: CellView = {
  ...measureCell(Float32Array.from(pentagon.W), new Float32Array(5), pentagon).view,
  gram: [...gram(pentagon.W, pentagon)],
  points: [...pentagon.W],
};

const sizes = fc.record({ width: fc.integer({ min: 200, max: 900 }), height: fc.integer({ min: 200, max: 900 }) });
const features = fc.integer({ min: 0, max: 4 });

/** What is found at the place where a spot is. */
const backAndForth = (places: Places, spot: Spot): Spot | null => places.pick(places.locate(spot) as Pixel);

describe('a press where a figure says that something is means just that', () => {
  test('features in directions and norms', () => {
    fc.assert(
      fc.property(sizes, features, (size, feature) => {
        for (const places of [directionsPlaces(view, size), normsPlaces(view, size)])
          expect(backAndForth(places, { kind: 'feature', feature })).toEqual({ kind: 'feature', feature });
      }),
    );
  });

  test('pairs and features in WᵀW', () => {
    fc.assert(
      fc.property(sizes, features, features, (size, i, j) => {
        const places = gramPlaces(view, size);
        const spot: Spot = i === j ? { kind: 'feature', feature: i } : { kind: 'pair', features: [i, j] };
        expect(backAndForth(places, spot)).toEqual(spot);
      }),
    );
  });

  test('steps in the loss (to a pixel)', () => {
    const points = [1, 10, 100, 1_000, 10_000].map((step) => ({ step, loss: [1 / step] }));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 2, max: 9_000 }), (size, step) => {
        const places = lossPlaces({ points, steps: 10_000, chosen: 0 }, size);
        const found = backAndForth(places, { kind: 'step', step });
        if (found?.kind !== 'step') throw new Error('no step');
        const [there, here] = [places.locate(found), places.locate({ kind: 'step', step })];
        expect(Math.abs((there?.x ?? NaN) - (here?.x ?? NaN))).toBeLessThan(size.width * 0.05);
      }),
    );
  });
});

test('a drag between two features is their pair, another one a region whose corners come back (to 1e-6)', () => {
  const places = directionsPlaces(view, { width: 460, height: 460 });
  const [a, b] = [0, 2].map((feature) => places.locate({ kind: 'feature', feature }) as Pixel);
  expect(places.span(a as Pixel, b as Pixel)).toEqual({ kind: 'pair', features: [0, 2] });
  const region = places.span({ x: 190, y: 260 }, { x: 270, y: 200 });
  const [corner, opposite] = places.outline?.(region as Spot) ?? [];
  expect([corner?.x, corner?.y, opposite?.x, opposite?.y].map((v) => Number(v?.toFixed(6)))).toEqual([
    190, 200, 270, 260,
  ]);
});

test('what is not in a figure has no place in it', () => {
  const size = { width: 400, height: 400 };
  expect(directionsPlaces(view, size).locate({ kind: 'feature', feature: 7 })).toBeNull();
  expect(gramPlaces(view, size).locate({ kind: 'step', step: 4 })).toBeNull();
  expect(normsPlaces(view, size).locate({ kind: 'pair', features: [0, 1] })).toBeNull();
});
