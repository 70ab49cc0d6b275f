import { expect, test } from 'vitest';
import { at, sum } from '#lib/base/matrix';
import { lattice, latticeError, LATTICE_MULTIPLIER, LATTICE_POINTS } from './lattice.ts';

test('its multiplier is the best of all, for three to six dimensions at once', () => {
  const total = (multiplier: number): number =>
    [3, 4, 5, 6].reduce((product, d) => product * latticeError(multiplier, d), 1);
  const own = total(LATTICE_MULTIPLIER);
  // Every fifth: all 507 take two seconds, and found the same.
  for (let multiplier = 2; multiplier < LATTICE_POINTS; multiplier += 5)
    expect(own).toBeLessThanOrEqual(total(multiplier) * (1 + 1e-9));
});

test('means of coordinates and of their products are ½ and ¼, within 1e-4', () => {
  const x = lattice(4);
  for (let d = 0; d < 4; d++) {
    const coordinates = Float64Array.from({ length: LATTICE_POINTS }, (_, i) => at(x, 4 * i + d));
    expect(sum(coordinates) / LATTICE_POINTS).toBeCloseTo(1 / 2, 4);
    const products = coordinates.map((value, i) => value * at(x, 4 * i + ((d + 1) % 4)));
    expect(sum(products) / LATTICE_POINTS).toBeCloseTo(1 / 4, 4);
  }
});
