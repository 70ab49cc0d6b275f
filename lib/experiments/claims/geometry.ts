/** Uniform superposition: which polytope wins at which density, and the dimensionality of each. */
import { at, sum } from '#lib/base/matrix';
import { minimise } from '#lib/base/minimise';
import { square } from '#lib/base/ieee';
import { dimensionality } from '#lib/measure/dimensionality';
import { createEvaluator } from '#lib/measure/exact/expected-loss';
import { uniformLaw } from '#lib/measure/exact/law';
import { crossing, descend, randomStarts, scaled } from '#lib/measure/exact/optimum';
import { variance } from '#lib/measure/exact/strategies';
import { crossError, ownError } from '#lib/measure/one-sparse';
import { digon, polygon, squareAntiprism, tegum, tetrahedron, type Arrangement } from '#lib/measure/regular';
import { dotRows } from '#lib/base/matrix';
import type { ExactClaim } from '../claim.ts';
import type { Subject } from '../experiment.ts';
import { againstDensity } from './pictures.ts';
import { furthest, near } from './quantities.ts';

const SECTION = 'The Geometry of Superposition';

/** The share of a hidden dimension that each feature has, all within the arrangement alike: [value, of how many]. */
const shares = ({ W, n, m }: Arrangement, from: number, to: number): number[] => [
  ...dimensionality(W, { n, m }).subarray(from, to),
];

const dimensionalities: ExactClaim = {
  id: 'dimensionalities',
  section: SECTION,
  sentence:
    'Features have 3/4 of a dimension in a tetrahedron, 2/3 in a triangle, 1/2 in a digon, 2/5 in a pentagon, 3/8 in a square antiprism; in a bipyramid as in its factors.',
  kind: 'exact',
  measure() {
    const triangular = tegum(polygon(3), digon());
    const pentagonal = tegum(polygon(5), digon());
    const octahedron = tegum(digon(), digon(), digon());
    const rows: readonly (readonly [string, readonly number[], number])[] = [
      ['tetrahedron', shares(tetrahedron(), 0, 4), 3 / 4],
      ['triangle', shares(polygon(3), 0, 3), 2 / 3],
      ['digon', shares(digon(), 0, 2), 1 / 2],
      ['pentagon', shares(polygon(5), 0, 5), 2 / 5],
      ['square antiprism', shares(squareAntiprism(), 0, 8), 3 / 8],
      ['triangular bipyramid, its triangle', shares(triangular, 0, 3), 2 / 3],
      ['its poles', shares(triangular, 3, 5), 1 / 2],
      ['pentagonal bipyramid, its pentagon', shares(pentagonal, 0, 5), 2 / 5],
      ['its poles', shares(pentagonal, 5, 7), 1 / 2],
      ['octahedron', shares(octahedron, 0, 6), 1 / 2],
    ];
    return rows.map(([name, values, expected]) => near(name, furthest(values, expected), expected, 1e-6));
  },
};

const sumRule: ExactClaim = {
  id: 'sum-rule',
  section: SECTION,
  sentence: 'The dimensionalities of all features add up to the number of hidden dimensions.',
  kind: 'exact',
  measure: () => {
    const product = tegum(polygon(5), squareAntiprism(), tetrahedron(), digon(), polygon(3));
    return [
      near(`five polytopes in ${product.m} dimensions`, sum(dimensionality(product.W, product)), product.m, 1e-9),
    ];
  },
};

/** Gain per hidden dimension in units of v(p): features not stored cost v each. All features of the arrangement are alike, so one tells. */
function gain({ W, n, m }: Arrangement, p: number): number {
  const evaluator = createEvaluator({
    model: { n, m, output: 'relu' },
    law: uniformLaw(n, p),
    importance: [1, ...new Array<number>(n - 1).fill(0)],
  });
  // Near density 1 the best size is smaller and the bias positive: both ends are tried.
  const losses = [
    [1.1, -0.15],
    [0.9, 0.1],
  ].map((start) => n * descend(evaluator, scaled(W, n), Float64Array.from(start)).loss);
  return (n * variance(p) - n * Math.min(...losses)) / (m * variance(p));
}

/** The density at which two arrangements gain the same. */
const gainCrossing = (one: Arrangement, other: Arrangement, from: number, to: number): number =>
  crossing((p) => gain(one, p) - gain(other, p), from, to, 1e-4);

const gains: ExactClaim = {
  id: 'gain-order',
  section: SECTION,
  sentence:
    'With growing sparsity the best use of a hidden dimension is a triangle, then a digon, then a pentagon, then a square antiprism.',
  kind: 'exact',
  measure: () => [
    near('digon = pentagon at density', gainCrossing(digon(), polygon(5), 0.2, 0.25), 0.2249, 0.002),
    near(
      'pentagon = square antiprism at density',
      gainCrossing(polygon(5), squareAntiprism(), 0.18, 0.22),
      0.19,
      0.015,
    ),
    near('gain of a digon at density .4', gain(digon(), 0.4), 1.4538, 5e-4),
    near('of a pentagon at .06', gain(polygon(5), 0.06), 2.192, 2e-3),
    near('of a triangle at .3', gain(polygon(3), 0.3), 1.289, 1e-3),
    near('of a tetrahedron at .3', gain(tetrahedron(), 0.3), 1.189, 1e-3),
  ],
  picture: againstDensity(
    [0.8, 0.06, 24],
    {
      y: 'gain per dimension',
      series: ['triangle', 'digon', 'pentagon', 'square antiprism'],
      mark: 'digon = pentagon at density',
    },
    () => (p) => [polygon(3), digon(), polygon(5), squareAntiprism()].map((shape) => gain(shape, p)),
  ),
};

const triangleDigon: ExactClaim = {
  id: 'triangle-digon-crossing',
  section: SECTION,
  sentence: 'Triangles give way to digons at density .667, that is at 1/(1 − S) = 1.5.',
  reason:
    'That is what a first computation gave. Integrated exactly, with size and bias free, a triangle and a digon gain the same at density .644, 1/(1 − S) = 1.55.',
  kind: 'exact',
  measure: () => [
    near('triangle = digon at density', gainCrossing(polygon(3), digon(), 0.6, 0.7), 0.644, 0.003, { paper: 0.667 }),
  ],
  picture: againstDensity(
    [0.5, 0.8, 25],
    { y: 'gain per dimension', series: ['triangle', 'digon'], mark: 'triangle = digon at density' },
    () => (p) => [polygon(3), digon()].map((shape) => gain(shape, p)),
  ),
};

/** The least error of one active feature among k on a circle, given that it alone is active: over length and bias. */
function circleResidual(k: number): number {
  const directions = polygon(k).W;
  const error = (length: number, b: number): number => {
    const squared = square(length);
    let total = ownError(squared, b, 'relu');
    for (let j = 1; j < k; j++) total += crossError(squared * dotRows(directions, 0, directions, j, 2), b, 'relu');
    return total;
  };
  const h = 1e-6;
  const descents = [1, 1.2, 1.5, 1.7].map((length) =>
    minimise(
      (x, gradient) => {
        const [a, b] = [at(x, 0), at(x, 1)];
        gradient[0] = (error(a + h, b) - error(a - h, b)) / (2 * h);
        gradient[1] = (error(a, b + h) - error(a, b - h)) / (2 * h);
        return error(a, b);
      },
      Float64Array.of(length, 1 - square(length)),
      { tolerance: 1e-7 },
    ),
  );
  return Math.min(...descents.map(({ value }) => value));
}

const circle: ExactClaim = {
  id: 'one-sparse-polygons',
  section: 'Mathematical Understanding',
  sentence:
    'Where one feature is active at a time, up to four fit on a circle without loss; a fifth costs .0158, a sixth .0482.',
  kind: 'exact',
  measure: () =>
    (
      [
        [4, 0],
        [5, 0.015826],
        [6, 0.048192],
        [7, 0.083271],
        [8, 0.115546],
      ] as const
    ).map(([k, expected]) => near(`${k} features`, circleResidual(k), expected, 1e-4)),
  picture: {
    x: 'features on the circle',
    y: 'error of the active one',
    scale: 'linear',
    series: ['least error'],
    at: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    begin: () => (k) => [circleResidual(k)],
  },
};

/** The least energy per feature of n unit vectors in m dimensions, Σ ReLU(Ŵ_i · Ŵ_j)², with the dimensionalities there. */
function thomsonMinimum(n: number, m: number): { energy: number; shares: readonly number[] } {
  const unit = (x: Float64Array): Float64Array =>
    x.map((value, j) => {
      const row = Math.floor(j / m);
      return value / Math.sqrt(dotRows(x, row, x, row, m));
    });
  const found = randomStarts({ n, m }, 24).map(({ W }) =>
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

const thomson: ExactClaim = {
  id: 'toy-thomson',
  section: SECTION,
  sentence:
    'With unit vectors and no biases, seven features in three dimensions are a pentagonal bipyramid and eight a square antiprism.',
  kind: 'exact',
  measure() {
    const [seven, eight, five] = [thomsonMinimum(7, 3), thomsonMinimum(8, 3), thomsonMinimum(5, 2)];
    return [
      near('energy per feature, N = 7, m = 3', seven.energy, 0.13642, 1e-4),
      near('its two largest dimensionalities', furthest(seven.shares.slice(0, 2), 0.5), 0.5, 1e-3),
      near('the five others', furthest(seven.shares.slice(2), 0.4), 0.4, 1e-3),
      near('N = 8, m = 3', eight.energy, 0.25548, 1e-4),
      near('its dimensionalities', furthest(eight.shares, 0.374), 0.374, 1e-3),
      near('N = 5, m = 2', five.energy, 0.19098, 1e-4),
    ];
  },
};

export const geometryClaims: Subject = {
  key: 'geometry',
  title: 'Uniform superposition: polytopes',
  section: SECTION,
  claims: [dimensionalities, sumRule, gains, triangleDigon, thomson, circle],
};
