import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { betweenWords, differenceWords, phaseWords, runName } from './run-words.ts';

const at = new Date(2026, 10, 24, 14, 2).getTime();

test('a run is called by its name, else by its experiment and its time', () => {
  const run = { name: null, experiment: 'introduction', startedAt: at };
  expect(runName({ ...run, name: 'The pentagon' }, null, at)).toBe('The pentagon');
  expect(runName(run, 'introduction', at + 60_000)).toBe('Run of 14:02:00');
  expect(runName(run, 'introduction', at + 3 * 86_400_000)).toBe('Run of 24 Nov, 14:02');
  expect(runName(run, 'demonstrating-superposition', at)).toMatch(/^Five features.*, 14:02:00$/);
});

test('what it has that the present parameters have not', () => {
  const spec = resolve({ ...DEFAULT_PARAMETERS, n: 6, seed: 7 });
  expect(differenceWords({ spec, amendments: [] }, DEFAULT_PARAMETERS)).toEqual(['n = 6', 'seed 7']);
  const changed = { spec, amendments: [{ step: 9, change: { learningRate: 0.02 } }] };
  expect(differenceWords(changed, DEFAULT_PARAMETERS)).toEqual(['n = 6', 'η = 0.02', 'seed 7']);
  const foreign = { ...spec, optimizer: { ...spec.optimizer, beta1: 0.5 } };
  expect(differenceWords({ spec: foreign, amendments: [] }, DEFAULT_PARAMETERS)).toBeNull();
});

test('what lies between two runs', () => {
  const spec = resolve(DEFAULT_PARAMETERS);
  const other = resolve({ ...DEFAULT_PARAMETERS, n: 6, output: 'linear', seed: 7 });
  expect(betweenWords(spec, other)).toBe('n 5 → 6 · Output ReLU → Linear · seed 1 → 7');
  expect(betweenWords(spec, spec)).toBe('The same parameters');
});

test('what became of it', () => {
  expect(phaseWords({ phase: 'finished', step: 10_000 })).toBe('finished');
  expect(phaseWords({ phase: 'stopped', step: 4_120 })).toBe('stopped at step 4,120');
});
