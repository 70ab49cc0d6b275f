/** Points that fill the unit cube evenly: a rank-1 lattice of Korobov's kind, folded so that integrands need not be periodic (Hickernell 2002). */
import { square } from '#lib/base/ieee';

/** A prime. */
export const LATTICE_POINTS = 509;

/** Of all multipliers, the one with the least Σ log P₂ in three to six dimensions; lattice.test.ts finds it again. */
export const LATTICE_MULTIPLIER = 86;

/** The points [LATTICE_POINTS, dimensions], coordinates in (0, 1). */
export function lattice(dimensions: number): Float64Array {
  const points = new Float64Array(LATTICE_POINTS * dimensions);
  for (let d = 0, factor = 1; d < dimensions; d++, factor = (factor * LATTICE_MULTIPLIER) % LATTICE_POINTS)
    for (let i = 0; i < LATTICE_POINTS; i++)
      points[i * dimensions + d] = fold((((i * factor) % LATTICE_POINTS) + 0.5) / LATTICE_POINTS);
  return points;
}

/** Up the first half, down the second. */
const fold = (u: number): number => 1 - Math.abs(2 * u - 1);

/** The worst-case error of the lattice of `multiplier` for smooth periodic functions of d variables (Korobov's P₂). */
export function latticeError(multiplier: number, d: number): number {
  let total = 0;
  for (let i = 0; i < LATTICE_POINTS; i++) {
    let product = 1;
    for (let power = 0, factor = 1; power < d; power++, factor = (factor * multiplier) % LATTICE_POINTS)
      product *= 1 + 2 * square(Math.PI) * bernoulli2(((i * factor) % LATTICE_POINTS) / LATTICE_POINTS);
    total += product;
  }
  return total / LATTICE_POINTS - 1;
}

const bernoulli2 = (x: number): number => square(x) - x + 1 / 6;
