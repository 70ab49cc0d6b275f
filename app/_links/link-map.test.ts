import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { emptyView } from '../_figures/cell-view.ts';
import { mapOf } from './link-map.tsx';

test('a link’s map has the best model of each cell, and its loss at the last step alone', () => {
  const spec = resolve({ ...DEFAULT_PARAMETERS, n: 2, m: 1, densities: 2, replicas: 2 });
  const views = [emptyView(2), emptyView(2)];
  const evaluationLoss = [0.5, 0.25, null, null];
  const end = mapOf(spec, views, { evaluationLoss, ended: true });
  expect([...end.replica]).toEqual([1, 0]);
  expect([...end.loss]).toEqual([0.25, NaN]);
  expect([...mapOf(spec, views, { evaluationLoss, ended: false }).loss]).toEqual([NaN, NaN]);
});
