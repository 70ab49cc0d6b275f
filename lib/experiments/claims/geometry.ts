/** Uniform superposition: the dimensionality of each polytope; what they gain and cost is in the files beside it. */
import { sum, dotRows } from '#lib/base/matrix';
import { square } from '#lib/base/ieee';
import { dimensionality } from '#lib/measure/dimensionality';
import { randomStarts } from '#lib/measure/exact/optimum';
import { digon, polygon, squareAntiprism, tegum, tetrahedron, type Arrangement } from '#lib/measure/regular';
import type { ExactClaim } from '../claim.ts';
import type { Subject } from '../experiment.ts';
import { CIRCLE_CLAIMS } from './circle.ts';
import { GAIN_CLAIMS } from './gains.ts';
import { furthest, greatest, near } from './quantities.ts';
import { THOMSON_CLAIMS } from './thomson.ts';

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

/** (W_i · W_i)² / Σ_j (W_i · W_j)², as it is defined. */
function capacityOf(W: Float64Array, i: number, n: number, m: number): number {
  let shared = 0;
  for (let j = 0; j < n; j++) shared += square(dotRows(W, i, W, j, m));
  return square(dotRows(W, i, W, i, m)) / shared;
}

const capacityIsDimensionality: ExactClaim = {
  id: 'capacity',
  section: SECTION,
  sentence:
    'The capacity of a feature (Scherlis et al.) is its dimensionality, whatever the weights: twenty models of seven features.',
  kind: 'exact',
  measure() {
    const shape = { n: 7, m: 3 };
    const apart = randomStarts(shape, 20).flatMap(({ W }) =>
      [...dimensionality(W, shape)].map((share, i) => Math.abs(share - capacityOf(W, i, shape.n, shape.m))),
    );
    return [near('greatest difference', greatest(apart), 0, 1e-12)];
  },
};

export const geometryClaims: Subject = {
  key: 'geometry',
  title: 'Uniform superposition: polytopes',
  section: SECTION,
  question: 'Into which shapes do features that are all alike arrange themselves, and why into those?',
  claims: [dimensionalities, sumRule, capacityIsDimensionality, ...GAIN_CLAIMS, ...THOMSON_CLAIMS, ...CIRCLE_CLAIMS],
};
