import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cellCount,
  cellNear,
  cellOf,
  cellParameters,
  densities,
  importances,
  instanceCount,
  originOf,
  replicaOf,
  valueAt,
} from './cells.ts';
import { DEFAULT_PARAMETERS } from './parameters.ts';
import { resolve } from './resolve.ts';
import type { Axis, Formula } from './spec.ts';

const geometric = (from: number, to: number, count: number): Formula => ({ kind: 'geometric', from, to, count });

describe('valueAt', () => {
  test('both ends of a geometric range are exact, whatever lies between', () => {
    const density = fc.double({ min: 1e-3, max: 1, noNaN: true });
    fc.assert(
      fc.property(density, density, fc.integer({ min: 2, max: 50 }), (from, to, count) => {
        const formula = geometric(from, to, count);
        return valueAt(formula, 0) === from && valueAt(formula, count - 1) === to;
      }),
    );
  });

  test('in between, each value is the same factor from the last', () => {
    const formula = geometric(1, 0.05, 10);
    for (let i = 1; i < 10; i++) expect(valueAt(formula, i) / valueAt(formula, i - 1)).toBeCloseTo(20 ** (-1 / 9), 14);
  });

  test('the densities of the introduction are these bits on every machine', () => {
    expect([1, 4, 8].map((i) => valueAt(geometric(1, 0.05, 10), i))).toEqual([
      0.7168711644368865, 0.2640975950252502, 0.06974753969812106,
    ]);
  });

  test('a list is its values; past its end is an error', () => {
    const list: Formula = { kind: 'list', values: [0.3, 0.1] };
    expect([valueAt(list, 0), valueAt(list, 1)]).toEqual([0.3, 0.1]);
    expect(() => valueAt(list, 2)).toThrow('value 2 of an axis');
  });
});

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 3, densityFrom: 1, densityTo: 0.25, replicas: 4 });

test('instance = cell · replicas + replica', () => {
  expect([cellCount(spec), instanceCount(spec)]).toEqual([3, 12]);
  for (let instance = 0; instance < 12; instance++) {
    expect(cellOf(spec, instance) * 4 + replicaOf(spec, instance)).toBe(instance);
    expect(originOf(spec, instance)).toEqual({ seed: 1, cell: Math.floor(instance / 4), replica: instance % 4 });
  }
});

test('without an axis there is one cell, at the density of the data', () => {
  const single = resolve({ ...DEFAULT_PARAMETERS, densities: 1, densityFrom: 0.2 });
  expect(cellCount(single)).toBe(1);
  expect(cellParameters(single, 0)).toEqual({ density: 0.2, relativeDensity: 1, relativeImportance: 1, examples: 0 });
});

test('the last axis varies fastest', () => {
  const axis = (over: Axis['over'], ...values: number[]): Axis => ({ over, values: { kind: 'list', values } });
  const crossed = { ...spec, axes: [axis('density', 0.1, 0.2), axis('relativeImportance', 3, 4, 5)] };
  expect(cellCount(crossed)).toBe(6);
  const both = (cell: number): readonly number[] => {
    const { density, relativeImportance } = cellParameters(crossed, cell);
    return [density, relativeImportance];
  };
  expect([0, 2, 3, 5].map(both)).toEqual([
    [0.1, 3],
    [0.1, 5],
    [0.2, 3],
    [0.2, 5],
  ]);
});

test('importance is base^i', () => {
  expect([...importances(spec, 0)]).toEqual([1, 0.9, 0.9 * 0.9, 0.9 * 0.9 * 0.9, 0.9 * 0.9 * 0.9 * 0.9]);
});

test('importance may fall to a last value instead, whatever n is', () => {
  const falling = resolve({ ...DEFAULT_PARAMETERS, n: 100, importance: 'geometric', importanceLast: 0.01 });
  const importance = importances(falling, 0);
  importance.forEach((value, i) => {
    expect(value / 100 ** (-i / 99)).toBeCloseTo(1, 12);
  });
});

test('the last feature may matter more than its place says, in each cell otherwise', () => {
  const diagram = resolve({
    ...DEFAULT_PARAMETERS,
    n: 3,
    densities: 1,
    importanceBase: 1,
    relativeImportanceFrom: 0.1,
    relativeImportanceTo: 10,
    relativeImportances: 3,
  });
  expect([0, 1, 2].map((cell) => [...importances(diagram, cell)])).toEqual([
    [1, 1, 0.1],
    [1, 1, expect.closeTo(1, 14)],
    [1, 1, 10],
  ]);
});

test('the first feature may be denser or sparser than the others, but never active more than always', () => {
  const perturbed = resolve({
    ...DEFAULT_PARAMETERS,
    n: 3,
    densities: 1,
    densityFrom: 0.25,
    relativeDensityFrom: 0.5,
    relativeDensityTo: 8,
    relativeDensities: 2,
  });
  expect([0, 1].map((cell) => [...densities(perturbed, cell)])).toEqual([
    [0.125, 0.25, 0.25],
    [1, 0.25, 0.25],
  ]);
});

describe('cellNear', () => {
  const spec = resolve({
    ...DEFAULT_PARAMETERS,
    ...{ densities: 8, densityFrom: 1, densityTo: 0.01 },
    ...{ relativeImportances: 8, relativeImportanceFrom: 0.1, relativeImportanceTo: 10 },
  });

  test('gives each cell back for its own numbers, and for numbers that were rounded', () => {
    for (let cell = 0; cell < cellCount(spec); cell++) {
      const { density, relativeImportance } = cellParameters(spec, cell);
      expect(cellNear(spec, { density, relativeImportance })).toBe(cell);
      const rounded = { density: Number(density.toPrecision(2)), relativeImportance };
      expect(cellNear(spec, rounded)).toBe(cell);
    }
  });

  test('gives none where no cell has the numbers, or where several have what is told of them', () => {
    expect(cellNear(spec, { density: 0.6, relativeImportance: 1 })).toBeNull();
    expect(cellNear(spec, { density: 1 })).toBeNull();
    expect(cellNear(spec, { density: 1, relativeImportance: 0.1, relativeDensity: 3 })).toBeNull();
  });

  test('knows the cell that is explored by itself', () => {
    const { density, relativeImportance } = cellParameters(spec, 20);
    const alone = resolve({
      ...DEFAULT_PARAMETERS,
      ...{ densities: 1, densityFrom: density, densityTo: density },
      ...{ relativeImportanceFrom: relativeImportance, relativeImportanceTo: relativeImportance },
    });
    expect(cellNear(alone, { density, relativeImportance })).toBe(0);
    expect(cellNear(alone, { density, relativeImportance: 2 * relativeImportance })).toBeNull();
  });
});
