import { expect, test } from 'vitest';
import { startOf } from '#lib/experiments/experiment';
import { phaseChange } from '#lib/experiments/phase-change';
import { cellParameters } from '#lib/spec/cells';
import type { Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { bestIdeal, idealLines } from './ideal-lines.ts';

const specOf = (set: Partial<Parameters>) => resolve({ ...startOf(phaseChange), ...set });

test('theory’s boundaries stand over a diagram of two features', () => {
  expect(idealLines(specOf({}))).toHaveLength(3);
  expect(idealLines(specOf({ n: 7 }))).toEqual([]);
});

test('nothing is drawn along a list, or along an axis whose ends are alike; what is best in a cell is known there too', () => {
  for (const set of [{ densitySpacing: 'rounded' }, { densityTo: 1 }, { relativeImportanceTo: 0.1 }] as const) {
    const spec = specOf(set);
    expect(idealLines(spec)).toEqual([]);
    expect(bestIdeal(spec, cellParameters(spec, 0))).not.toBeNull();
  }
});
