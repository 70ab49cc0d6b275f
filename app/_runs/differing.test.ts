import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { differingCells, differingWords, type DrawnMap } from './differing.ts';

const RANGES = { densityFrom: 1, densityTo: 0.01, relativeImportanceFrom: 0.1, relativeImportanceTo: 10 };
const spec = resolve({ ...DEFAULT_PARAMETERS, ...RANGES, n: 2, m: 1, densities: 2, relativeImportances: 2 });

/** Of the second feature of each cell; the first is stored everywhere. */
const drawn = (norms: readonly number[], done: readonly number[] = [1, 1, 1, 1]): DrawnMap => ({
  spec,
  map: {
    norm: Float32Array.from(norms.flatMap((norm) => [1, norm])),
    superposition: new Float32Array(8),
    loss: new Float32Array(4),
    replica: new Float32Array(4),
    done: Uint8Array.from(done),
  },
});

test('only cells of which both know what became of them are counted', () => {
  const [left, right] = [drawn([0, 1, NaN, NaN], [1, 1, 0, 0]), drawn([1, 1, 0, NaN], [1, 1, 1, 0])];
  expect(differingCells(left, right, 1)).toEqual({ cells: 4, known: 2, differing: 1 });
  expect(differingWords(left, right, 1)).toBe(
    'feature 2 has come to something else in 1 of the 2 cells trained on both',
  );
  expect(differingCells(right, left, 1)).toEqual({ cells: 4, known: 2, differing: 1 });
});

test('a model that diverged has come to something else than one that did not, and to the same as another', () => {
  const diverged = drawn([NaN, NaN, 0, 1]);
  expect(differingCells(diverged, drawn([NaN, 0, 0, 1]), 1)).toEqual({ cells: 4, known: 4, differing: 1 });
  expect(differingWords(diverged, diverged, 1)).toBe('feature 2 has come to something else in 0 of 4 cells');
});

test('of other cells, and while nothing is trained, nothing is said', () => {
  const other = { ...drawn([1, 1, 1, 1]), spec: { ...spec, axes: spec.axes.slice(0, 1) } };
  expect(differingCells(drawn([0, 0, 0, 0]), other, 1)).toBeNull();
  const none = drawn([NaN, NaN, NaN, NaN], [0, 0, 0, 0]);
  expect(differingWords(none, drawn([1, 1, 1, 1]), 1)).toBe('');
});
