/** The toy Thomson problem: unit vectors without biases, of which only those closer than 90° disturb each other. */
import { at, dotRows } from '#lib/base/matrix';
import { square } from '#lib/base/ieee';
import { minimise } from '#lib/base/minimise';
import { dimensionality } from '#lib/measure/dimensionality';
import { randomStarts } from '#lib/measure/exact/optimum';
import type { ExactClaim } from '../claim.ts';
import { furthest, near } from './quantities.ts';

const SECTION = 'The Geometry of Superposition';

/** Of twelve vectors in three dimensions one start in twelve ends in the lowest minimum, of fewer most do. */
const STARTS = 48;

/** The least energy per feature of n unit vectors in m dimensions, Σ ReLU(Ŵ_i · Ŵ_j)², with the dimensionalities there. */
function thomsonMinimum(n: number, m: number): { energy: number; shares: readonly number[] } {
  const unit = (x: Float64Array): Float64Array =>
    x.map((value, j) => {
      const row = Math.floor(j / m);
      return value / Math.sqrt(dotRows(x, row, x, row, m));
    });
  const found = randomStarts({ n, m }, STARTS).map(({ W }) =>
    minimise((x, gradient) => energyOf(x, unit(x), { n, m, gradient }), W),
  );
  const best = found.reduce((low, each) => (each.value < low.value ? each : low));
  return { energy: best.value / n, shares: [...dimensionality(unit(best.x), { n, m })].sort((a, b) => b - a) };
}

/** Σ_{i≠j} ReLU(u_i · u_j)² with u = x / |x| row by row, and its gradient in x. */
function energyOf(
  x: Float64Array,
  unit: Float64Array,
  { n, m, gradient }: { readonly n: number; readonly m: number; readonly gradient: Float64Array },
): number {
  let energy = 0;
  gradient.fill(0);
  for (let i = 0; i < n; i++) {
    const length = Math.sqrt(dotRows(x, i, x, i, m));
    for (let j = 0; j < n; j++) {
      const dot = dotRows(unit, i, unit, j, m);
      if (j === i || dot <= 0) continue;
      energy += square(dot);
      for (let k = 0; k < m; k++)
        gradient[i * m + k] =
          at(gradient, i * m + k) + (4 * dot * (at(unit, j * m + k) - dot * at(unit, i * m + k))) / length;
    }
  }
  return energy;
}

const shapes: ExactClaim = {
  id: 'toy-thomson',
  section: SECTION,
  sentence:
    'With unit vectors and no biases, seven features in three dimensions are a pentagonal bipyramid and eight a square antiprism.',
  kind: 'exact',
  measure() {
    const [seven, eight] = [thomsonMinimum(7, 3), thomsonMinimum(8, 3)];
    return [
      near('energy per feature, N = 7, m = 3', seven.energy, 0.13642, 1e-4),
      near('its two largest dimensionalities', furthest(seven.shares.slice(0, 2), 0.5), 0.5, 1e-3),
      near('the five others', furthest(seven.shares.slice(2), 0.4), 0.4, 1e-3),
      near('N = 8, m = 3', eight.energy, 0.25548, 1e-4),
      near('its dimensionalities', furthest(eight.shares, 0.374), 0.374, 1e-3),
    ];
  },
};

const energies: ExactClaim = {
  id: 'toy-thomson-energies',
  section: SECTION,
  sentence:
    'Up to 2m features fit in m dimensions without any energy; each further one costs more than the one before.',
  kind: 'exact',
  measure: () =>
    (
      [
        [3, 2, 0],
        [4, 2, 0],
        [5, 2, 0.19098],
        [6, 2, 0.5],
        [7, 2, 0.776],
        [6, 3, 0],
        [9, 3, 0.41176],
        [10, 3, 0.59562],
        [12, 3, 0.92478],
      ] as const
    ).map(([n, m, expected]) => near(`N = ${n}, m = ${m}`, thomsonMinimum(n, m).energy, expected, 1e-4)),
  picture: {
    x: 'features in three dimensions',
    y: 'energy of each',
    scale: 'linear',
    series: ['least energy'],
    at: [4, 5, 6, 7, 8, 9, 10, 11, 12],
    begin: () => (n) => [thomsonMinimum(n, 3).energy],
  },
};

export const THOMSON_CLAIMS = [shapes, energies] as const;
