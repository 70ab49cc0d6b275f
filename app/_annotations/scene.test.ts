import { describe, expect, test } from 'vitest';
import { readAnchor, type Anchor, type AnchorFigure } from '#lib/room/anchor';
import { exploreCell } from '#lib/experiments/diagram';
import { placeAnchor, type PlaceScene } from '#lib/room/place';
import { cellCount, cellNear, cellParameters } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { emptyView } from '../_figures/cell-view.ts';
import { mapPlaceOf } from '../_figures/map-places.ts';
import { startingViews } from '../_figures/starting.ts';
import { targetWords, whereWords } from './anchor-words.ts';
import { createPlacing, createScene, rolesOf, spotIn, type Scene } from './scene.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 3, replicas: 2, steps: 1_000 });
const views = startingViews(spec);
const densities = [1, 0.3, 0.1];

interface Setting {
  readonly run?: string;
  /** The best replica is shown, which is the second. */
  readonly best?: boolean;
  readonly formed?: boolean;
}

/** The middle one of three models at step 400 of a run whose loss at step t is 1 / t, and where it was turned to. */
function sceneAt({ run = 'run', best = false, formed = true }: Setting = {}) {
  const turns: (readonly [cell: number, step: number | null, figure: AnchorFigure])[] = [];
  const scene: Scene = createScene({
    spec,
    cell: 1,
    whole: 'directions',
    live: (cell) => ({
      view: views[cell] ?? emptyView(5),
      step: 400,
      lossAt: (step) => 1 / step,
    }),
    turnTo: (...where) => turns.push(where),
    place: {
      item: 'item',
      run,
      steps: spec.steps,
      densities,
      instance: (cell) => cell * spec.replicas + (best ? 1 : 0),
      roles: (cell) => (formed ? rolesOf(views[cell] ?? emptyView(5), spec) : null),
      cosine: () => 0,
      parameters: ['n'],
    },
  });
  return { scene, turns };
}

const quotes = ({ quotes: all }: Anchor) => Object.fromEntries(all.map(({ label, value }) => [label, value]));

describe('what a note quotes', () => {
  const { scene } = sceneAt();

  test('is the loss at the step that was pressed, not at the one that is shown', () => {
    expect(quotes(scene.anchorAt('loss', { kind: 'step', step: 10 }))).toEqual({ loss: 0.1 });
    expect(quotes(scene.anchorAt('loss', { kind: 'axis', axis: 'y' }))).toEqual({ loss: 0.0025 });
  });

  test('is at a whole step, wherever between two the showing is', () => {
    const gliding = createScene({ ...scene, live: (cell) => ({ ...scene.live(cell), step: 57.3 }) });
    const anchor = gliding.anchorAt('directions', { kind: 'cell' });
    expect(anchor.step).toBe(57);
    expect(readAnchor(JSON.parse(JSON.stringify(anchor)))).toEqual(anchor);
  });

  test('is of the model that was pressed, with its density', () => {
    expect(cellCount(spec)).toBe(3);
    const anchor = scene.anchorAt('directions', { kind: 'cell' }, 2);
    expect(anchor).toMatchObject({ density: 0.1, instance: 4, step: 400, target: { kind: 'cell' } });
    const feature = scene.anchorAt('directions', { kind: 'feature', feature: 0 }, 2);
    expect(quotes(feature)['‖W‖']).toBeCloseTo(views[2]?.norms[0] ?? NaN, 2);
  });
});

describe('where a note leads', () => {
  const { scene: written } = sceneAt();
  const feature = written.anchorAt('directions', { kind: 'feature', feature: 2 });

  test('in its own run to its step, also where another replica has turned out to be the best', () => {
    for (const best of [false, true]) {
      const { scene, turns } = sceneAt({ best });
      expect(scene.show(feature)).toBe(true);
      expect(turns).toEqual([[1, 400, 'directions']]);
    }
  });

  test('in another run to what that has come to', () => {
    const { scene, turns } = sceneAt({ run: 'another' });
    expect(scene.show(feature)).toBe(true);
    expect(turns).toEqual([[1, null, 'directions']]);
    scene.show(written.anchorAt('loss', { kind: 'step', step: 30 }));
    expect(turns.at(-1)).toEqual([1, 30, 'loss']);
  });

  test('nowhere yet, while the model is still forming', () => {
    const { scene, turns } = sceneAt({ best: true, formed: false });
    expect(scene.show(feature)).toBe(false);
    expect(turns).toEqual([]);
  });

  test('of a parameter to no model and no step', () => {
    const { scene, turns } = sceneAt();
    expect(scene.show(scene.anchorAt('parameters', { kind: 'parameter', parameter: 'n', value: 5 }))).toBe(true);
    expect(turns).toEqual([]);
  });
});

test('a note is looked for once, whichever model is chosen and however often it is asked for', () => {
  const { scene } = sceneAt();
  const anchor = { ...scene.anchorAt('directions', { kind: 'feature', feature: 0 }), run: 'another' };
  let told = 0;
  const place = {
    ...scene.place,
    roles: (cell: number) => {
      told += 1;
      return scene.place.roles(cell);
    },
  };
  const first = createScene({ ...scene, place, placed: createPlacing(place) });
  const second = createScene({ ...first, cell: 2 });
  expect(first.placed(anchor)).toEqual(placeAnchor(anchor, scene.place));
  expect(second.placed(anchor)).toBe(first.placed(anchor));
  expect(second.show(anchor)).toBe(true);
  expect(told).toBe(1);
  // Elsewhere it may be elsewhere.
  expect(createPlacing({ ...place, roles: () => null })(anchor)).toEqual({ state: 'waiting' });
});

describe('a note on a diagram', () => {
  const diagram = resolve({
    ...{ ...DEFAULT_PARAMETERS, densities: 3, replicas: 2, steps: 1_000 },
    ...{ relativeImportances: 2, relativeImportanceFrom: 0.1, relativeImportanceTo: 10 },
  });
  const scene = createScene({
    spec: diagram,
    cell: 1,
    whole: 'map',
    live: () => ({
      view: emptyView(5),
      step: diagram.steps,
      lossAt: () => null,
      read: [{ label: 'feature 5:', value: 'in superposition' }],
    }),
    turnTo: () => undefined,
    place: {
      item: 'item',
      run: 'run',
      steps: diagram.steps,
      densities: Array.from({ length: cellCount(diagram) }, (_, cell) => cellParameters(diagram, cell).density),
      instance: (cell) => cell * diagram.replicas,
      cellOf: (instance) => Math.floor(instance / diagram.replicas),
      cellAt: (numbers) => cellNear(diagram, numbers),
      map: mapPlaceOf(diagram),
      roles: () => null,
      cosine: () => NaN,
      parameters: [],
    },
  });

  test('tells its cell by both of its numbers, its step, and what was read there', () => {
    const anchor = scene.anchorAt('map', { kind: 'cell', cell: 3 }, 3);
    const { density, relativeImportance } = cellParameters(diagram, 3);
    expect(anchor).toMatchObject({
      density,
      axes: { density, relativeImportance },
      step: 1_000,
      target: { kind: 'cell' },
    });
    expect(quotes(anchor)).toEqual({ 'feature 5:': 'in superposition' });
    expect(whereWords(anchor)).toMatch(/^r [\d.]+ · S [\d.]+ · step 1,000$/);
    expect(placeAnchor({ ...anchor, run: 'another' }, scene.place)).toMatchObject({ state: 'placed', cell: 3 });
  });

  test('in any figure of a cell is at that cell on the map, and in the figure while the cell is open', () => {
    const anchor = scene.anchorAt('gram', { kind: 'cell' }, 3);
    const placement = placeAnchor(anchor, scene.place);
    expect(spotIn('map', anchor, placement, 0)).toEqual({ kind: 'cell', cell: 3 });
    expect(spotIn('gram', anchor, placement, 3)).toEqual({ kind: 'cell' });
    expect(spotIn('gram', anchor, placement, 0)).toBeNull();
    expect(spotIn('directions', anchor, placement, 3)).toBeNull();
    const axis = scene.anchorAt('map', { kind: 'axis', axis: 'y' });
    expect(spotIn('map', axis, placeAnchor(axis, scene.place), 0)).toEqual({ kind: 'axis', axis: 'y' });
    const seed = scene.anchorAt('parameters', { kind: 'parameter', parameter: 'seed', value: 1 });
    expect(spotIn('map', seed, placeAnchor(seed, scene.place), 0)).toBeNull();
  });

  test('on a cell that is explored tells what was its own, and is at its place in the diagram', () => {
    const explored = exploreCell(diagram, 3, DEFAULT_PARAMETERS);
    if (explored === undefined) throw new Error('parameters mean the cell');
    const spec = resolve(explored);
    const { density, relativeImportance } = cellParameters(diagram, 3);
    const at = (of: RunSpec, run: string): PlaceScene => ({
      ...sceneAt({ run }).scene.place,
      densities: [density],
      cellAt: (numbers) => cellNear(of, numbers),
    });
    const alone = createScene({ ...sceneAt().scene, spec, cell: 0, place: at(spec, 'explored') });
    const anchor = alone.anchorAt('directions', { kind: 'feature', feature: 4 });
    expect(anchor.axes).toEqual({ relativeImportance });
    expect(whereWords(anchor)).toMatch(/^r 10 · S [\d.]+ · step 400$/);
    expect(quotes(anchor)['importance']).toBeCloseTo(10 * 0.9 ** 4, 2);
    expect(quotes(alone.anchorAt('directions', { kind: 'feature', feature: 0 }))).not.toHaveProperty('importance');
    const whole = alone.anchorAt('directions', { kind: 'cell' });
    expect(placeAnchor(whole, alone.place)).toMatchObject({ state: 'placed', cell: 0 });
    expect(placeAnchor(whole, scene.place)).toMatchObject({ state: 'placed', cell: 3 });
    const nextTo = resolve({ ...explored, relativeImportanceFrom: 5, relativeImportanceTo: 5 });
    expect(placeAnchor(whole, at(nextTo, 'another'))).toMatchObject({ state: 'unanchored' });
  });

  test('on a region speaks of no cell', () => {
    const anchor = scene.anchorAt('map', { kind: 'region', from: [0.1, 0.1], to: [1, 1] });
    expect([targetWords(anchor.target, anchor), whereWords(anchor), anchor.quotes]).toEqual([
      'A region of the diagram',
      '',
      [],
    ]);
  });
});
