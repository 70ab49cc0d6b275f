import { expect, test } from 'vitest';
import { cellAcross } from './cell-across.ts';
import { cellCount, cellParameters } from './cells.ts';
import { DEFAULT_PARAMETERS, type Parameters } from './parameters.ts';
import { resolve } from './resolve.ts';
import type { RunSpec } from './spec.ts';

const RANGES = { densityFrom: 1, densityTo: 0.01, relativeImportanceFrom: 0.1, relativeImportanceTo: 10 };
const diagram = (side: number, others: Partial<Parameters> = {}): RunSpec =>
  resolve({ ...DEFAULT_PARAMETERS, ...RANGES, densities: side, relativeImportances: side, ...others });
const cellsOf = (spec: RunSpec): readonly number[] => Array.from({ length: cellCount(spec) }, (_, cell) => cell);

test.each([
  ['rounded densities', { densitySpacing: 'rounded' }],
  ['a flat axis', { relativeImportanceFrom: 1, relativeImportanceTo: 1 }],
] as const)('of the same axes each cell is itself: %s', (_, others) => {
  const [one, other] = [diagram(16, others), diagram(16, { ...others, seed: 7 })];
  for (const cell of cellsOf(one)) expect(cellAcross(one, other, cell)).toEqual({ cell, far: false });
});

test('of other axes it is the nearest cell, and every cell of a coarser diagram of the same range has one', () => {
  const [coarse, fine] = [diagram(8), diagram(32)];
  for (const cell of cellsOf(fine)) expect(cellAcross(fine, coarse, cell).far).toBe(false);
  for (const cell of cellsOf(coarse)) {
    const across = cellAcross(coarse, fine, cell);
    expect(across.far).toBe(false);
    expect(cellAcross(fine, coarse, across.cell).cell).toBe(cell);
  }
});

test('a cell beyond the edge of the other diagram has none like it there', () => {
  const [wide, narrow] = [diagram(16), diagram(8, { densityTo: 0.1 })];
  for (const cell of cellsOf(wide)) {
    const { density } = cellParameters(wide, cell);
    // Half of a cell beyond the last one: 10^(−1/14).
    expect(cellAcross(wide, narrow, cell).far).toBe(density < 0.1 * 10 ** (-1 / 14));
  }
  for (const cell of cellsOf(narrow)) expect(cellAcross(narrow, wide, cell).far).toBe(false);
});

test('what only one of them runs over is one value in the other', () => {
  const [square, line] = [diagram(3), diagram(3, { relativeImportances: 1, relativeImportanceFrom: 1 })];
  expect(cellAcross(square, line, 4)).toEqual({ cell: 1, far: false });
  expect(cellAcross(square, line, 3)).toEqual({ cell: 1, far: true });
  expect(cellAcross(line, square, 1)).toEqual({ cell: 4, far: false });
  const finite = resolve({
    ...DEFAULT_PARAMETERS,
    data: 'finite',
    exampleCounts: 3,
    examplesFrom: 10,
    examplesTo: 100,
  });
  expect(cellAcross(line, finite, 1).far).toBe(true);
});
