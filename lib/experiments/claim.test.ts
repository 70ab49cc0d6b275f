import { expect, test } from 'vitest';
import { isMet, judge, type ExactClaim, type Quantity } from './claim.ts';
import { ledgerClaim } from './ledger.ts';

const quantity = (measured: number | string, further: Partial<Quantity> = {}): Quantity => ({
  name: 'loss',
  measured,
  expected: 1,
  tolerance: 0.1,
  ...further,
});
const claim = (reason?: string): ExactClaim => ({
  id: 'a',
  section: '',
  sentence: '',
  kind: 'exact',
  measure: () => [],
  ...(reason === undefined ? {} : { reason }),
});

test('a quantity is met within its tolerance, on the right side of a bound, or by name; NaN never', () => {
  expect([1.05, 0.95, 1.2, NaN].map((measured) => isMet(quantity(measured), 'full'))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(isMet(quantity(5, { bound: 'at least' }), 'full')).toBe(true);
  expect(isMet(quantity(5, { bound: 'at most' }), 'full')).toBe(false);
  expect(isMet(quantity(NaN, { bound: 'at most' }), 'full')).toBe(false);
  expect(isMet(quantity('pentagon', { expected: 'pentagon' }), 'full')).toBe(true);
  expect(isMet(quantity('pentagon'), 'full')).toBe(false);
});

test('it fails where one seed does, where nothing was measured, and where wrong models pass', () => {
  const fooled = (passed: number) => [{ words: 'untrained', passed, of: 100 }];
  expect(judge(claim(), [[quantity(1)], [quantity(1)]], [])).toBe('holds');
  expect(judge(claim(), [[quantity(1)], [quantity(2)]], [])).toBe('fails');
  expect(judge(claim(), [[]], [])).toBe('fails');
  expect(judge(claim(), [[quantity(1)]], fooled(5))).toBe('holds');
  expect(judge(claim(), [[quantity(1)]], fooled(6))).toBe('fails');
});

test('it differs only where what was measured is not what the paper says, and a reason says why', () => {
  const reason = 'since';
  expect(judge(claim(reason), [[quantity(1, { paper: 2 })]], [])).toBe('differs');
  expect(judge(claim(reason), [[quantity(1, { paper: 1.05 })]], [])).toBe('fails');
  expect(judge(claim(reason), [[quantity(1)]], [])).toBe('fails');
  expect(judge(claim(), [[quantity(1, { paper: 2 })]], [])).toBe('fails');
});

test('a small run is let off with more, and is not what decides whether the paper is right', () => {
  const wide = quantity(1.5, { smallTolerance: 1 });
  expect([isMet(wide, 'full'), isMet(wide, 'small')]).toEqual([false, true]);
  expect(judge(claim(), [[wide]], [], 'small')).toBe('holds');
  expect(judge(claim(), [[wide]], [])).toBe('fails');
  const narrow = { paper: 1, paperTolerance: 0.01 };
  expect(judge(claim('since'), [[quantity(1, narrow)], [quantity(1.05, narrow)]], [])).toBe('differs');
  expect(judge(claim('since'), [[quantity(1, narrow)], [quantity(1, narrow)]], [])).toBe('fails');
});

test('the ledger says it in words and in numbers, seed by seed', () => {
  const entry = ledgerClaim('x', claim(), {
    measurements: [[quantity(1.01, { unit: '°' })], [quantity(0.99, { unit: '°' })]],
    nulls: [],
    engine: 'evaluator',
    seeds: [1, 2],
    seconds: 0,
    specHashes: [],
    budget: 'full',
  });
  expect(entry).toMatchObject({
    status: 'holds',
    measured: 'loss 0.99 to 1.01°',
    expected: 'loss 1°',
    tolerance: 'loss ± 0.1°',
    quantities: [{ measured: [1.01, 0.99], expected: 1 }],
  });
});
