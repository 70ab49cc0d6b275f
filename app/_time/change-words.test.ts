import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { allChangeWords, changeWords } from './change-words.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 1, densityFrom: 0.1 });

test('what was changed, from what to what', () => {
  expect(changeWords(spec, { density: 0.2 })).toBe('S 0.90 → 0.80');
  expect(changeWords(spec, { learningRate: 0.02 })).toBe('η 0.001 → 0.02');
  expect(changeWords(spec, { importance: { kind: 'power', base: 0.7 }, learningRate: 0.02 })).toBe(
    'importance 0.9^i → 0.7^i, η 0.001 → 0.02',
  );
  const values = { kind: 'geometric', from: 1, to: 0.1, count: 10 } as const;
  const wide = { ...spec, axes: [{ over: 'density', values }] } as const;
  expect(changeWords(wide, { axes: [{ over: 'density', values: { ...values, to: 0.01 } }] })).toBe(
    'S 0.00–0.90 → 0.00–0.990',
  );
});

test('each change begins where the one before ended', () => {
  const amendments = [
    { step: 4, change: { density: 0.2 } },
    { step: 9, change: { density: 0.5 } },
  ];
  expect(allChangeWords(spec, amendments)).toEqual(['S 0.90 → 0.80', 'S 0.80 → 0.50']);
});
