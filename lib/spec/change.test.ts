import { expect, test } from 'vitest';
import { amend, amendAll, changeBetween, checkChange } from './change.ts';
import { specHash } from './hash.ts';
import { DEFAULT_PARAMETERS } from './parameters.ts';
import { resolve } from './resolve.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 3 });
const moved = resolve({
  ...DEFAULT_PARAMETERS,
  densities: 3,
  densityTo: 0.01,
  importanceBase: 0.5,
  learningRate: 0.01,
});

test('density, importance and learning rate can change, one by one and together', () => {
  const change = changeBetween(spec, moved);
  expect(Object.keys(change ?? {}).sort()).toEqual(['axes', 'importance', 'learningRate']);
  expect(amend(spec, change ?? {})).toEqual(moved);
  expect(changeBetween(spec, amend(spec, { learningRate: 0.02 }))).toEqual({ learningRate: 0.02 });
});

test('a spec is changed by all amendments in order: of one thing, the last counts', () => {
  const amendments = [0.1, 0.2].map((learningRate, step) => ({ step, change: { learningRate } }));
  expect(amendAll(spec, amendments).optimizer.learningRate).toBe(0.2);
  expect(specHash(amendAll(spec, []))).toBe(specHash(spec));
});

test('what would be another model, other cells or another past is no change', () => {
  for (const other of [{ n: 6 }, { seed: 2 }, { steps: 9 }, { batch: 64 }, { densities: 4 }, { weightDecay: 0.2 }])
    expect(changeBetween(spec, resolve({ ...DEFAULT_PARAMETERS, densities: 3, ...other }))).toBeUndefined();
  expect(changeBetween(spec, spec)).toBeUndefined();
});

test('a change that is empty, moves cells or leaves the range is refused', () => {
  expect(checkChange(spec, {})).toMatchObject({ ok: false, error: { field: 'change' } });
  expect(checkChange(spec, { axes: [] })).toMatchObject({ ok: false, error: { field: 'change.axes' } });
  const far = [{ over: 'density', values: { kind: 'geometric', from: 2, to: 1, count: 3 } }] as const;
  expect(checkChange(spec, { axes: far })).toMatchObject({ ok: false, error: { field: 'data.density' } });
  expect(checkChange(spec, { learningRate: 0.5 })).toMatchObject({ ok: true });
});
