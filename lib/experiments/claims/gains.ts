/** Uniform superposition: what a hidden dimension gains in each polytope, and which of them wins at which density. */
import { createEvaluator } from '#lib/measure/exact/expected-loss';
import { uniformLaw } from '#lib/measure/exact/law';
import { crossing, descend, scaled } from '#lib/measure/exact/optimum';
import { variance } from '#lib/measure/exact/strategies';
import { digon, polygon, squareAntiprism, tetrahedron, type Arrangement } from '#lib/measure/regular';
import type { ExactClaim } from '../claim.ts';
import { againstDensity } from './pictures.ts';
import { equal, greatest, near } from './quantities.ts';

const SECTION = 'The Geometry of Superposition';

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
    [0.5, 0.2],
  ].map((start) => n * descend(evaluator, scaled(W, n), Float64Array.from(start)).loss);
  return (n * variance(p) - n * Math.min(...losses)) / (m * variance(p));
}

/** The density at which two arrangements gain the same. */
const gainCrossing = (one: Arrangement, other: Arrangement, from: number, to: number): number =>
  crossing((p) => gain(one, p) - gain(other, p), from, to, 1e-4);

const DENSITIES = [0.8, 0.7, 0.6, 0.3, 0.24, 0.2, 0.06, 0.02] as const;

/** Each polytope, and its gains at `DENSITIES` to three digits, as an independent quadrature gave them. */
const SHAPES: readonly (readonly [name: string, Arrangement, table: readonly number[]])[] = [
  ['tetrahedron', tetrahedron(), [1.02, 1.036, 1.059, 1.189, 1.222, 1.244, 1.31, 1.326]],
  ['triangle', polygon(3), [1.018, 1.039, 1.073, 1.289, 1.338, 1.369, 1.465, 1.489]],
  ['digon', digon(), [1.004, 1.025, 1.101, 1.622, 1.712, 1.767, 1.937, 1.98]],
  ['pentagon', polygon(5), [1.01, 1.028, 1.067, 1.549, 1.695, 1.798, 2.192, 2.317]],
  ['hexagon', polygon(6), [1.003, 1.015, 1.043, 1.445, 1.586, 1.694, 2.21, 2.432]],
  ['heptagon', polygon(7), [1.003, 1.01, 1.03, 1.368, 1.504, 1.606, 2.134, 2.413]],
  ['square antiprism', squareAntiprism(), [1.007, 1.021, 1.056, 1.517, 1.678, 1.794, 2.268, 2.43]],
];

/** The quadrature took 1,500 points for each pattern of four and more features. */
const QUADRATURE_TOLERANCE = 0.005;

const table: ExactClaim = {
  id: 'gain-table',
  section: SECTION,
  sentence:
    'What a hidden dimension gains in each of seven polytopes, in units of a feature’s variance, agrees with an independent quadrature at eight densities from .8 to .02.',
  kind: 'exact',
  measure: () =>
    SHAPES.map(([name, shape, expected]) =>
      near(
        `${name}, greatest difference`,
        greatest(DENSITIES.map((p, k) => Math.abs(gain(shape, p) - (expected[k] ?? NaN)))),
        0,
        QUADRATURE_TOLERANCE,
      ),
    ),
  picture: againstDensity(
    [0.8, 0.02, 24],
    { y: 'gain per dimension', series: SHAPES.map(([name]) => name) },
    () => (p) => SHAPES.map(([, shape]) => gain(shape, p)),
  ),
};

/** The polytope that gains most. */
function winner(p: number): string {
  const gains = SHAPES.map(([, shape]) => gain(shape, p));
  return SHAPES[gains.indexOf(Math.max(...gains))]?.[0] ?? '';
}

const PENTAGON_BELOW = 'digon = pentagon at density';

const order: ExactClaim = {
  id: 'gain-order',
  section: SECTION,
  sentence:
    'With growing sparsity the best use of a hidden dimension is a tetrahedron, then a triangle, a digon, a pentagon, and a square antiprism.',
  kind: 'exact',
  measure: () => [
    ...(
      [
        [0.9, 'tetrahedron'],
        [0.7, 'triangle'],
        [0.6, 'digon'],
        [0.3, 'digon'],
        [0.24, 'digon'],
        [0.2, 'pentagon'],
        [0.06, 'square antiprism'],
        [0.02, 'hexagon'],
      ] as const
    ).map(([p, name]) => equal(`best at density ${p}`, winner(p), name)),
    near(PENTAGON_BELOW, gainCrossing(digon(), polygon(5), 0.2, 0.25), 0.2255, 0.01),
    near('pentagon = square antiprism at density', gainCrossing(polygon(5), squareAntiprism(), 0.18, 0.22), 0.19, 0.01),
    near('gain of a digon at density .4', gain(digon(), 0.4), 1.4538, 5e-4),
  ],
  picture: againstDensity(
    [0.3, 0.1, 21],
    { y: 'gain per dimension', series: ['digon', 'pentagon', 'square antiprism'], mark: PENTAGON_BELOW },
    () => (p) => [digon(), polygon(5), squareAntiprism()].map((shape) => gain(shape, p)),
  ),
};

const DIGON_BELOW = 'triangle = digon at density';

const triangleDigon: ExactClaim = {
  id: 'triangle-digon-crossing',
  section: SECTION,
  sentence: 'Triangles give way to digons at density .667, that is at 1/(1 − S) = 1.5.',
  source: 'by a straight line',
  reason:
    'That is where straight lines between their gains at densities .6 and .7 cross. The curves between are bent, and cross at .644, 1/(1 − S) = 1.55: at .667 a triangle still gains 1.048, and a digon 1.040.',
  kind: 'exact',
  measure: () => [
    near(DIGON_BELOW, gainCrossing(polygon(3), digon(), 0.6, 0.7), 0.644, 0.003, {
      paper: 0.667,
      paperTolerance: 0.01,
    }),
    near('gain of a triangle at .667', gain(polygon(3), 0.667), 1.048, 1e-3),
    near('of a digon', gain(digon(), 0.667), 1.04, 1e-3),
  ],
  picture: againstDensity(
    [0.5, 0.8, 25],
    { y: 'gain per dimension', series: ['triangle', 'digon'], mark: DIGON_BELOW },
    () => (p) => [polygon(3), digon()].map((shape) => gain(shape, p)),
  ),
};

/** Of factors that fill `dimensions` together, and perhaps one dimension that is left over, whose features get nothing from each other. */
const mixed = (p: number, factors: readonly (readonly [count: number, Arrangement])[], leftOver = 0): number => {
  const parts = factors.map(([count, shape]) => ({ dimensions: count * shape.m, gain: gain(shape, p) }));
  const dimensions = parts.reduce((total, part) => total + part.dimensions, leftOver);
  return (parts.reduce((total, part) => total + part.dimensions * part.gain, 0) + leftOver) / dimensions;
};

const mixtures: ExactClaim = {
  id: 'mixtures',
  section: SECTION,
  sentence:
    'What a trained model gains is what its polytopes gain, each by itself: a hundred features in ten dimensions, at three densities.',
  kind: 'exact',
  measure: () => [
    near('nine digons and a dimension left over, 1/(1 − S) = 2', mixed(0.5, [[9, digon()]], 1), 1.245, 0.006),
    near('the same, 1/(1 − S) = 2.5', mixed(0.4, [[9, digon()]], 1), 1.406, 0.004),
    near(
      'five digons, a pentagon and a square antiprism, 1/(1 − S) = 4',
      mixed(0.25, [
        [5, digon()],
        [1, polygon(5)],
        [1, squareAntiprism()],
      ]),
      1.679,
      0.005,
    ),
  ],
};

export const GAIN_CLAIMS = [table, order, triangleDigon, mixtures] as const;
