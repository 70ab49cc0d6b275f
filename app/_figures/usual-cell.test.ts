import { expect, test } from 'vitest';
import { DIAGRAM } from '#lib/experiments/diagram';
import { cellCount, cellParameters } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { usualCell } from './usual-cell.ts';

test.each([16, 32, 17])('of %i × %i cells none is nearer to one importance and a density of 0.1', (side) => {
  const size = { densities: side, relativeImportances: side };
  const spec = resolve({ ...DEFAULT_PARAMETERS, ...DIAGRAM.defaults, n: 2, m: 1, ...size });
  const far = Array.from({ length: cellCount(spec) }, (_, cell) => {
    const { density, relativeImportance } = cellParameters(spec, cell);
    return Math.abs(Math.log(density / 0.1)) + Math.abs(Math.log(relativeImportance));
  });
  expect(far[usualCell(spec)]).toBeCloseTo(Math.min(...far), 9);
});
