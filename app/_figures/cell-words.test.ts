import { expect, test } from 'vitest';
import { startOf } from '#lib/experiments/experiment';
import { phaseChange } from '#lib/experiments/phase-change';
import { sweepMap } from '#lib/runs/sweep-frame';
import { resolve } from '#lib/spec/resolve';
import { phaseWords } from './cell-words.ts';

const spec = resolve(startOf(phaseChange));

test('a cell is told as not trained, as what it is so far, as what it became, or as diverged', () => {
  const map = sweepMap(spec, []);
  expect(phaseWords(spec, map, 0, 7)).toBe('Not trained yet');
  map.done[7] = 1;
  expect(phaseWords(spec, map, 0, 7)).toBe('Diverged');
  map.norm[14] = map.norm[16] = 1;
  map.superposition[14] = map.superposition[16] = 0.1;
  expect(phaseWords(spec, map, 0, 7)).toBe('A dimension of its own');
  expect(phaseWords(spec, map, 0, 8)).toBe('A dimension of its own, so far');
});
