import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAnchor, type Anchor } from './anchor.ts';

const ROLE = { importance: 0.81, norm: 1.07, share: 0.4, shape: 'pentagon', cosines: [-0.81, -0.8, 0.3, 0.31] };
const ANCHOR: Anchor = {
  item: 'first',
  run: 'AAAAAAAAAAAAAAAAAAAAAA',
  instance: 115,
  density: 0.1,
  step: 400,
  figure: 'directions',
  target: { kind: 'feature', feature: 2, role: ROLE },
  quotes: [{ label: '‖W‖', value: 1.07 }],
};

const targets: readonly Anchor['target'][] = [
  ANCHOR.target,
  { kind: 'pair', features: [0, 2], roles: [ROLE, ROLE], cosine: -1 },
  { kind: 'cell' },
  { kind: 'region', from: [0.1, -1], to: [1, 1] },
  { kind: 'axis', axis: 'y' },
  { kind: 'step' },
  { kind: 'parameter', parameter: 'seed' },
];

test.each(targets.map((target) => [target.kind, target] as const))('a %s is read as it was written', (_, target) => {
  expect(readAnchor(JSON.parse(JSON.stringify({ ...ANCHOR, target })))).toEqual({ ...ANCHOR, target });
});

test('a cell of a diagram keeps what tells it apart, and nothing that is no number of a cell', () => {
  const anchor: Anchor = { ...ANCHOR, figure: 'map', target: { kind: 'cell' }, axes: { relativeImportance: 0.3 } };
  expect(readAnchor(JSON.parse(JSON.stringify(anchor)))).toEqual(anchor);
  expect(readAnchor({ ...anchor, axes: { ...anchor.axes, examples: 'many', other: 1 } })).toEqual(anchor);
  expect(readAnchor({ ...ANCHOR, axes: ['r', 1] })).toEqual(ANCHOR);
});

test('anything at all is an anchor or null, and never an error', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const read = readAnchor(value);
      expect(read === null || typeof read === 'object').toBe(true);
    }),
  );
});

test('an anchor with one field spoiled is no anchor, and what it quotes wrongly is left out', () => {
  for (const field of ['item', 'instance', 'density', 'figure', 'target'])
    expect(readAnchor({ ...ANCHOR, [field]: { wrong: true } })).toBeNull();
  expect(readAnchor({ ...ANCHOR, instance: -1 })).toBeNull();
  expect(
    readAnchor({ ...ANCHOR, quotes: [{ label: 'x'.repeat(100), value: 1 }, { label: 'a', value: NaN }, 7] }),
  ).toEqual({
    ...ANCHOR,
    quotes: [],
  });
});
