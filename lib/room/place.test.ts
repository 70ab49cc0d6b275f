import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gram } from '#lib/measure/gram';
import { digon, polygon, tegum, type Arrangement } from '#lib/measure/regular';
import { featureRoles } from '#lib/measure/role';
import type { Anchor, Role } from './anchor.ts';
import { findFeature, placeAnchor, type MapPlace, type PlaceScene } from './place.ts';

const rolesOf = ({ W, ...shape }: Arrangement, importance: readonly number[]): readonly Role[] =>
  featureRoles(gram(W, shape), Float64Array.from(importance));

const alike = (n: number): readonly number[] => new Array<number>(n).fill(1);
const falling = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => 0.9 ** i);

/** The same rows in another order: row k is what row `order[k]` was. */
function reordered({ n, m, W }: Arrangement, order: readonly number[]): Arrangement {
  const out = new Float64Array(W.length);
  order.forEach((from, to) => {
    out.set(W.subarray(from * m, (from + 1) * m), to * m);
  });
  return { n, m, W: out };
}

const orderOf = (n: number): fc.Arbitrary<number[]> =>
  fc.shuffledSubarray(
    Array.from({ length: n }, (_, i) => i),
    { minLength: n, maxLength: n },
  );

describe('a feature in another model', () => {
  test('is found by its importance where that tells it apart, whatever has become of it', () => {
    const roles = rolesOf(polygon(5), falling(5));
    const flat = rolesOf({ n: 5, m: 2, W: new Float64Array(10) }, falling(5));
    for (let i = 0; i < 5; i++) expect(findFeature(roles[i] as Role, i, flat)).toBe(i);
  });

  test('is found by its importance under another number', () => {
    fc.assert(
      fc.property(orderOf(5), fc.integer({ min: 0, max: 4 }), (order, i) => {
        const before = rolesOf(polygon(5), falling(5));
        const after = rolesOf(
          reordered(polygon(5), order),
          order.map((from) => 0.9 ** from),
        );
        expect(order[findFeature(before[i] as Role, i, after) as number]).toBe(i);
      }),
    );
  });

  test('of equal importance is found by its shape: a corner of a digon stays one', () => {
    const bipyramid = tegum(polygon(5), digon());
    fc.assert(
      fc.property(orderOf(7), fc.integer({ min: 0, max: 6 }), (order, i) => {
        const before = rolesOf(bipyramid, alike(7));
        const after = rolesOf(reordered(bipyramid, order), alike(7));
        const found = findFeature(before[i] as Role, i, after) as number;
        expect(after[found]?.shape).toBe(before[i]?.shape);
      }),
    );
  });

  test('of equal importance and a shape of its own is found exactly', () => {
    const degrees = [0, 30, 135, 250].map((angle) => (angle * Math.PI) / 180);
    const W = Float64Array.from(degrees.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
    const model: Arrangement = { n: 4, m: 2, W };
    fc.assert(
      fc.property(orderOf(4), fc.integer({ min: 0, max: 3 }), (order, i) => {
        const before = rolesOf(model, alike(4));
        const after = rolesOf(reordered(model, order), alike(4));
        expect(order[findFeature(before[i] as Role, i, after) as number]).toBe(i);
      }),
    );
  });

  test('of equal importance that is nothing here any more is not placed', () => {
    const [corner] = rolesOf(polygon(5), alike(5));
    expect(findFeature(corner as Role, 0, rolesOf(tegum(digon(), digon()), alike(4)))).toMatch(/none is what it was/);
    expect(findFeature(corner as Role, 0, rolesOf(polygon(5), [0.5, 0.5, 0.5, 0.5, 0.5]))).toMatch(/importance/);
  });

  test('among features alike in everything keeps its number', () => {
    const roles = rolesOf(polygon(5), alike(5));
    for (let i = 0; i < 5; i++) expect(findFeature(roles[i] as Role, i, roles)).toBe(i);
  });
});

const cosineIn =
  ({ W, n, m }: Arrangement) =>
  (_: number, i: number, j: number): number =>
    gram(W, { n, m })[i * n + j] ?? NaN;

const scene = (change: Partial<PlaceScene> = {}): PlaceScene => ({
  item: 'first',
  run: 'second-run',
  steps: 10_000,
  densities: [1, 0.5, 0.1],
  instance: (cell) => cell * 16,
  roles: () => rolesOf(polygon(5), falling(5)),
  cosine: cosineIn(polygon(5)),
  parameters: ['seed'],
  ...change,
});

const anchor = (change: Partial<Anchor> = {}): Anchor => ({
  item: 'first',
  run: 'first-run',
  instance: 32,
  density: 0.1,
  step: 400,
  figure: 'directions',
  target: { kind: 'feature', feature: 2, role: rolesOf(polygon(5), falling(5))[2] as Role },
  quotes: [],
  ...change,
});

describe('an anchor', () => {
  test('in its own run stands as it was written', () => {
    const placed = placeAnchor(anchor(), scene({ run: 'first-run', roles: () => null }));
    expect(placed).toMatchObject({ state: 'placed', cell: 2, carried: false, target: { feature: 2 } });
  });

  test('of a replica that is no longer shown is found again in the one that is', () => {
    const placed = placeAnchor(anchor({ instance: 35 }), scene({ run: 'first-run' }));
    expect(placed).toMatchObject({ state: 'placed', carried: true, target: { feature: 2 } });
  });

  test('waits while the model is forming', () => {
    expect(placeAnchor(anchor(), scene({ roles: () => null })).state).toBe('waiting');
  });

  test('finds its cell by density, not by number', () => {
    expect(placeAnchor(anchor(), scene({ densities: [0.1, 0.05] }))).toMatchObject({ state: 'placed', cell: 0 });
    expect(placeAnchor(anchor(), scene({ densities: [1, 0.3] })).state).toBe('unanchored');
  });

  test('in a diagram, whose cells share their densities, is at its own in its run, and at none of them in another', () => {
    const diagram = { densities: [1, 1, 0.1, 0.1], cellOf: (instance: number) => Math.floor(instance / 16) };
    const written = anchor({ instance: 48, target: { kind: 'cell' } });
    const own = scene({ ...diagram, run: 'first-run' });
    expect(placeAnchor(written, own)).toMatchObject({ state: 'placed', cell: 3, carried: false });
    expect(placeAnchor(written, scene(diagram))).toMatchObject({ state: 'unanchored', why: /Several models/ });
  });

  test('in another run of a diagram is at the cell that has its numbers, where one has', () => {
    const written = anchor({ instance: 48, axes: { relativeImportance: 3 }, target: { kind: 'cell' } });
    const asked: unknown[] = [];
    const diagram = (cell: number | null): PlaceScene =>
      scene({
        ...{ densities: [1, 1, 0.1, 0.1], cellOf: (instance: number) => Math.floor(instance / 16) },
        cellAt: (place) => (asked.push(place), cell),
      });
    expect(placeAnchor(written, diagram(2))).toMatchObject({ state: 'placed', cell: 2, carried: true });
    expect(placeAnchor(written, diagram(null))).toMatchObject({ state: 'unanchored', why: /its place in the diagram/ });
    expect(asked).toEqual([written, written].map(({ density, axes }) => ({ ...axes, density })));
  });

  test('on a region of a diagram is on any that spans the same axes, and no cell with quite its numbers', () => {
    const region = { kind: 'region', from: [0.3, 0.1], to: [3, 0.5] } as const;
    const written = anchor({ axes: { relativeImportance: 3, density: 0.1 }, figure: 'map', target: region });
    const map = (change: Partial<MapPlace> = {}): PlaceScene =>
      scene({
        cellAt: () => null,
        map: { over: ['density', 'relativeImportance'], inValues: true, holds: () => true, ...change },
      });
    expect(placeAnchor(written, map())).toMatchObject({ state: 'placed', cell: null, target: region, carried: true });
    expect(placeAnchor(written, scene())).toMatchObject({ state: 'unanchored', why: 'This run is no diagram.' });
    const others = map({ over: ['density', 'relativeDensity'] });
    expect(placeAnchor(written, others)).toMatchObject({ state: 'unanchored', why: /other axes/ });
    expect(placeAnchor(written, map({ inValues: false }))).toMatchObject({
      state: 'unanchored',
      why: /counts its cells/,
    });
    expect(placeAnchor({ ...written, run: 'second-run' }, map({ inValues: false }))).toMatchObject({ state: 'placed' });
    expect(placeAnchor(written, map({ holds: () => false }))).toMatchObject({
      state: 'unanchored',
      why: /beyond the ends/,
    });
    const ofDensities = anchor({ figure: 'map', target: region });
    expect(placeAnchor(ofDensities, map({ over: ['density'] }))).toMatchObject({ state: 'placed', cell: null });
  });

  test('is not at the cell of its number where parameters have moved under it before anything was trained', () => {
    const written = anchor({ run: null, instance: 48, axes: { relativeImportance: 10 }, target: { kind: 'cell' } });
    const moved = scene({
      ...{ run: null, densities: [1, 1, 0.1, 0.1], cellOf: (instance: number) => Math.floor(instance / 16) },
      parametersOf: () => ({ density: 0.1, relativeDensity: 1, relativeImportance: 0.964, examples: 1 }),
      cellAt: () => 2,
    });
    expect(placeAnchor(written, moved)).toMatchObject({ state: 'placed', cell: 2 });
  });

  test('on the feature whose importance varies is on it in the cell nearby, though another is as important there', () => {
    const then = rolesOf(polygon(2), [1, 0.988]);
    const here = rolesOf(polygon(2), [1, 0.964]);
    const axes = { density: 0.1, relativeImportance: 0.988 };
    const target = { kind: 'feature', feature: 1, role: then[1] as Role } as const;
    const near = scene({
      ...{ densities: [0.1], roles: () => here, cellAt: () => 0 },
      parametersOf: () => ({ density: 0.1, relativeDensity: 1, relativeImportance: 0.964, examples: 1 }),
    });
    expect(placeAnchor(anchor({ axes, target }), near)).toMatchObject({ state: 'placed', target: { feature: 1 } });
  });

  test('says what has become of its feature', () => {
    const gone = rolesOf({ n: 5, m: 2, W: new Float64Array(10) }, falling(5));
    const placed = placeAnchor(anchor(), scene({ roles: () => gone }));
    expect(placed).toMatchObject({ state: 'placed', carried: true, change: 'It is not represented here.' });
  });

  test('on a pair of equal importance finds two that are to each other as these were', () => {
    const model = tegum(digon(), digon());
    const opposite = cosineIn(model);
    fc.assert(
      fc.property(orderOf(4), fc.constantFrom<[number, number]>([0, 1], [0, 2], [3, 1]), (order, [i, j]) => {
        const before = rolesOf(model, alike(4));
        const now = reordered(model, order);
        const roles = [before[i] as Role, before[j] as Role] as const;
        const target = { kind: 'pair', features: [i, j], cosine: opposite(0, i, j), roles } as const;
        const placed = placeAnchor(
          anchor({ target }),
          scene({ roles: () => rolesOf(now, alike(4)), cosine: cosineIn(now) }),
        );
        if (placed.state !== 'placed' || placed.target.kind !== 'pair') throw new Error(placed.state);
        expect(cosineIn(now)(0, ...placed.target.features)).toBeCloseTo(opposite(0, i, j), 9);
      }),
    );
  });

  test('on a pair that importance tells apart is placed, and says that the angle is another', () => {
    const before = rolesOf(polygon(5), falling(5));
    const roles = [before[0] as Role, before[1] as Role] as const;
    const target = { kind: 'pair', features: [0, 1], cosine: cosineIn(polygon(5))(0, 0, 1), roles } as const;
    const now = reordered(polygon(5), [0, 2, 1, 3, 4]);
    const placed = placeAnchor(anchor({ target }), scene({ cosine: cosineIn(now) }));
    expect(placed).toMatchObject({ state: 'placed', change: 'Here they are at another angle.' });
  });

  test('on a step needs a run that long, on a parameter an experiment that has it', () => {
    const step = anchor({ target: { kind: 'step' }, figure: 'timeline' });
    expect(placeAnchor(step, scene()).state).toBe('placed');
    expect(placeAnchor(step, scene({ steps: 100 })).state).toBe('unanchored');
    const seed = anchor({ target: { kind: 'parameter', parameter: 'seed' }, figure: 'parameters' });
    expect(placeAnchor(seed, scene()).state).toBe('placed');
    expect(placeAnchor(seed, scene({ parameters: [] })).state).toBe('unanchored');
  });

  test('on a region of hidden space is of one model alone; one of the loss is of every run', () => {
    const region = { kind: 'region', from: [0, 0], to: [1, 1] } as const;
    expect(placeAnchor(anchor({ target: region }), scene()).state).toBe('unanchored');
    expect(placeAnchor(anchor({ target: region, figure: 'loss' }), scene()).state).toBe('placed');
  });

  test('of another experiment is elsewhere, not lost', () => {
    expect(placeAnchor(anchor({ item: 'second' }), scene()).state).toBe('elsewhere');
  });
});
