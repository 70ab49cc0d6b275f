import { expect, test } from 'vitest';
import { cellCount, cellParameters } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { holdRight, twoCells } from './two-cells.ts';

const RANGES = { densityFrom: 1, densityTo: 0.01, relativeImportanceFrom: 0.1, relativeImportanceTo: 10 };
const diagram = (side: number, others: Partial<Parameters> = {}): RunSpec =>
  resolve({ ...DEFAULT_PARAMETERS, ...RANGES, densities: side, relativeImportances: side, ...others });

test('every cell of a finer or wider diagram on the right can be chosen, and is what is marked', () => {
  const specs = { left: diagram(6, { densityTo: 0.1 }), right: diagram(20) };
  for (let cell = 0; cell < cellCount(specs.right); cell++) {
    const held = holdRight(specs, 'b', cell);
    const isBeyond = cellParameters(specs.right, cell).density < 0.1 * 10 ** (-1 / 10);
    expect(twoCells(specs, held.left, held)).toEqual({ left: held.left, right: cell, far: isBeyond ? 'left' : null });
  }
});

test('another choice on the left is followed on the right', () => {
  const specs = { left: diagram(20), right: diagram(6, { densityTo: 0.1 }) };
  const held = holdRight(specs, 'b', 7);
  expect(twoCells(specs, held.left + 1, held)).toEqual(twoCells(specs, held.left + 1, null));
  expect(twoCells(specs, 0, held)).toEqual({ left: 0, right: 0, far: null });
  expect(twoCells(specs, 399, null)).toEqual({ left: 399, right: 35, far: 'right' });
});

test('what was held of a larger diagram is not looked for in a smaller one', () => {
  const [large, small] = [diagram(20), diagram(6)];
  const held = holdRight({ left: small, right: large }, 'b', 399);
  expect(twoCells({ left: small, right: small }, held.left, held)).toEqual({ left: 35, right: 35, far: null });
});
