/** Correlated and anticorrelated pairs of features in two dimensions. */
import { at } from '#lib/base/matrix';
import { createEvaluator, type Problem } from '#lib/measure/exact/expected-loss';
import { setsOf, type FeatureSet } from '#lib/measure/exact/law';
import { lowest, randomStarts, withBias, type Optimum } from '#lib/measure/exact/optimum';
import { degreesBetween } from '#lib/measure/angles';
import { gram } from '#lib/measure/gram';
import { norms } from '#lib/measure/norms';
import { polygon } from '#lib/measure/regular';
import type { TiedWeights } from '#lib/model/tied';
import type { ExactClaim } from '../claim.ts';
import type { Subject } from '../experiment.ts';
import { LARGER_SET_CLAIMS } from './larger-sets.ts';
import { perturbedPentagon, squeezed } from './perturbed-pentagon.ts';
import { againstDensity } from './pictures.ts';
import { atMost, equal, furthest, greatest, near } from './quantities.ts';

const SECTION = 'Non-Uniform Superposition';

const pairs = (kind: FeatureSet['kind'], count: number, p: number): Problem => ({
  model: { n: 2 * count, m: 2, output: 'relu' },
  law: setsOf(kind, count, 2, p),
  importance: new Array<number>(2 * count).fill(1),
});

/** Both members of each set in the same place: what PCA would do. Sets are at the given angles, in degrees. */
const collapsed = (angles: readonly number[], length = Math.SQRT1_2): number[] =>
  angles.flatMap((angle) => {
    const [x, y] = direction(angle);
    return [length * x, length * y, length * x, length * y];
  });

/** Members of each set at the two angles. */
const spread = (sets: readonly (readonly [number, number])[]): number[] =>
  sets.flatMap(([first, second]) => [...direction(first), ...direction(second)]);

const turns = polygon(360).W;
/** Whole degrees → a unit vector. */
const direction = (degrees: number): readonly [number, number] => {
  const turn = ((Math.round(degrees) % 360) + 360) % 360;
  return [at(turns, 2 * turn), at(turns, 2 * turn + 1)];
};

const PAIR_STARTS: readonly TiedWeights[] = [
  withBias(
    Float64Array.from(
      spread([
        [0, 90],
        [180, 270],
      ]),
    ),
    4,
    0,
  ),
  withBias(
    Float64Array.from(
      spread([
        [0, 180],
        [90, 270],
      ]),
    ),
    4,
    0,
  ),
  withBias(Float64Array.from(collapsed([0, 90])), 4, 0.1),
  withBias(Float64Array.from(collapsed([0, 180])), 4, 0.1),
];

const pairOptimum = (kind: FeatureSet['kind'], p: number): Optimum =>
  lowest(createEvaluator(pairs(kind, 2, p)), [...PAIR_STARTS, ...randomStarts({ n: 4, m: 2 }, 8)]);

/** cos between the members of each set. */
const partnerCosines = ({ W }: Optimum, sets: number): number[] =>
  Array.from({ length: sets }, (_, set) => {
    const [i, j] = [2 * set, 2 * set + 1];
    const G = gram(W, { n: 2 * sets, m: 2 });
    const entry = (a: number, b: number): number => at(G, a * 2 * sets + b);
    return entry(i, j) / Math.sqrt(entry(i, i) * entry(j, j));
  });

/** Of each feature: its dot products with the other pair, ascending. */
const crossDots = ({ W }: Optimum): readonly (readonly number[])[] => {
  const G = gram(W, { n: 4, m: 2 });
  return [0, 1, 2, 3].map((i) =>
    [0, 1, 2, 3]
      .filter((j) => j >> 1 !== i >> 1)
      .map((j) => at(G, 4 * i + j))
      .sort((one, other) => one - other),
  );
};

const correlatedPairs: ExactClaim = {
  id: 'correlated-pairs',
  section: SECTION,
  sentence:
    'Of two correlated pairs in two dimensions, partners are orthogonal, and each feature is opposite to one of the other pair.',
  kind: 'exact',
  measure() {
    const optimum = pairOptimum('correlated', 0.05);
    const dots = crossDots(optimum);
    return [
      near('cos between partners, density .05', furthest(partnerCosines(optimum, 2), 0), 0, 0.03),
      near('norms', furthest(norms(optimum.W, { n: 4, m: 2 }), 1.007), 1.007, 0.005),
      near(
        'dot product with one of the other pair',
        furthest(
          dots.map(([low]) => low ?? NaN),
          -1.012,
        ),
        -1.012,
        0.005,
      ),
      atMost('|dot product| with the other one', greatest(dots.map(([, high]) => Math.abs(high ?? NaN))), 0.07),
      near('loss', optimum.loss, 4.07e-4, 0.03 * 4.07e-4),
    ];
  },
  picture: againstDensity(
    [0.01, 0.5, 18],
    { y: 'cos between partners', series: ['furthest from 0'], guide: 0 },
    () => (p) => [furthest(partnerCosines(pairOptimum('correlated', p), 2), 0)],
  ),
};

const collapsedPairs: ExactClaim = {
  id: 'correlated-pairs-collapse',
  section: SECTION,
  sentence: 'At density .3 both correlated pairs have collapsed: partners share one direction, at a norm of 1/√2.',
  kind: 'exact',
  measure() {
    const optimum = pairOptimum('correlated', 0.3);
    return [
      near('norms', furthest(norms(optimum.W, { n: 4, m: 2 }), 0.71), 0.71, 0.01),
      near('cos between partners', furthest(partnerCosines(optimum, 2), 1), 1, 0.01),
    ];
  },
};

const anticorrelatedPairs: ExactClaim = {
  id: 'anticorrelated-pairs',
  section: SECTION,
  sentence: 'Of two anticorrelated pairs in two dimensions, partners are opposite to each other, and nothing is lost.',
  kind: 'exact',
  measure() {
    const optimum = pairOptimum('anticorrelated', 0.3);
    return [
      near('cos between partners, density .3', furthest(partnerCosines(optimum, 2), -1), -1, 1e-3),
      near('norms', furthest(norms(optimum.W, { n: 4, m: 2 }), 1), 1, 1e-3),
      near('dot products with the other pair', furthest(crossDots(optimum).flat(), 0), 0, 1e-3),
      near('loss', optimum.loss, 0, 1e-8),
    ];
  },
};

const SIX_STARTS: readonly TiedWeights[] = [
  withBias(
    Float64Array.from(
      spread([
        [0, 60],
        [120, 180],
        [240, 300],
      ]),
    ),
    6,
    -0.1,
  ),
  withBias(
    Float64Array.from([
      ...collapsed([0]),
      ...spread([
        [130, 220],
        [310, 40],
      ]).slice(0, 8),
    ]),
    6,
    0,
  ),
  withBias(Float64Array.from([...collapsed([0, 180]), ...spread([[60, 150]])]), 6, 0.05),
  withBias(Float64Array.from([...collapsed([0, 180]), ...spread([[45, 315]])]), 6, 0.05),
  withBias(Float64Array.from([...collapsed([0, 90]), ...spread([[180, 270]])]), 6, 0.05),
  withBias(Float64Array.from(collapsed([0, 120, 240])), 6, 0.1),
  withBias(Float64Array.from(collapsed([0, 90, 180])), 6, 0.1),
  withBias(Float64Array.from(collapsed([0, 60, 120])), 6, 0.2),
];

const sixOptimum = (p: number): Optimum =>
  lowest(createEvaluator(pairs('correlated', 3, p)), [...SIX_STARTS, ...randomStarts({ n: 6, m: 2 }, 2)]);

/** |W_i − W_j| of partners below this: the set has collapsed onto one direction. */
const COLLAPSED = 0.15;

/** Sets whose members are in the same place. */
const collapsedSets = ({ W }: Optimum): number[] =>
  [0, 1, 2].filter((set) => {
    const [dx, dy] = [at(W, 4 * set) - at(W, 4 * set + 2), at(W, 4 * set + 1) - at(W, 4 * set + 3)];
    return Math.sqrt(dx * dx + dy * dy) < COLLAPSED;
  });

const hexagon: ExactClaim = {
  id: 'three-correlated-pairs',
  section: SECTION,
  sentence: 'Three sparse correlated pairs in two dimensions form a hexagon with partners side by side.',
  kind: 'exact',
  measure() {
    const { W, loss } = sixOptimum(0.02);
    const partner = [0, 2, 4].map((i) => degreesBetween(W, i, i + 1, 2));
    const toOthers = [0, 1, 2, 3, 4, 5].map((i) =>
      Math.min(...[0, 1, 2, 3, 4, 5].filter((j) => j >> 1 !== i >> 1).map((j) => degreesBetween(W, i, j, 2))),
    );
    return [
      near('angle between partners, density .02', furthest(partner, 65), 65, 2, { unit: '°' }),
      near('gap to the next pair', furthest(toOthers, 55), 55, 2, { unit: '°' }),
      near('norms', furthest(norms(W, { n: 6, m: 2 }), 0.98), 0.98, 0.01),
      near('loss', loss, 4.62e-4, 0.03 * 4.62e-4),
    ];
  },
};

/** How many of three sets have collapsed at a density: the ends of each band, and its middle. */
const BANDS = [
  [0.05, 0],
  [0.06, 0],
  [0.08, 1],
  [0.1, 1],
  [0.12, 1],
  [0.15, 2],
  [0.2, 2],
  [0.3, 2],
  [0.4, 3],
  [0.5, 3],
] as const;

const collapse: ExactClaim = {
  id: 'collapse',
  section: SECTION,
  sentence:
    'As correlated pairs get denser they collapse one after another, from superposition to principal components.',
  kind: 'exact',
  measure() {
    const rows = BANDS.map(([p, sets]) => ({ p, sets, optimum: sixOptimum(p) }));
    const collapsedNorms = rows
      .filter(({ p }) => p <= 0.3)
      .flatMap(({ optimum }) => {
        const lengths = norms(optimum.W, { n: 6, m: 2 });
        return collapsedSets(optimum).flatMap((set) => [at(lengths, 2 * set), at(lengths, 2 * set + 1)]);
      });
    return [
      ...rows.map(({ p, sets, optimum }) =>
        equal(`collapsed sets at density ${p}`, collapsedSets(optimum).length, sets),
      ),
      near('norms of collapsed features up to .3', furthest(collapsedNorms, 0.71), 0.71, 0.02),
    ];
  },
  picture: againstDensity([0.03, 0.6, 16], { y: 'collapsed sets', series: ['of three'] }, () => (p) => [
    collapsedSets(sixOptimum(p)).length,
  ]),
};

/** Degrees between the directions of the collapsed sets, ascending. */
function anglesOfSets(optimum: Optimum): readonly number[] {
  const sets = collapsedSets(optimum);
  return sets
    .flatMap((set) =>
      sets.filter((other) => other > set).map((other) => degreesBetween(optimum.W, 2 * set, 2 * other, 2)),
    )
    .sort((one, other) => one - other);
}

const principal: ExactClaim = {
  id: 'collapsed-directions',
  section: SECTION,
  sentence:
    'Three collapsed pairs lie crosswise at density .4, as a star at .55, and within a half plane from .75 on, as principal components would.',
  kind: 'exact',
  measure() {
    const [cross, star, plane] = [0.4, 0.55, 0.8].map((p) => anglesOfSets(sixOptimum(p)));
    return [
      near('least angle between two sets, density .4', cross?.[0] ?? NaN, 90, 3, { unit: '°' }),
      near('greatest', cross?.[2] ?? NaN, 180, 5, { unit: '°' }),
      near('all angles, density .55', furthest(star ?? [], 120), 120, 3, { unit: '°' }),
      near('two smaller angles, density .8', furthest(plane?.slice(0, 2) ?? [], 60), 60, 3, { unit: '°' }),
      near('the greatest', plane?.[2] ?? NaN, 120, 5, { unit: '°' }),
    ];
  },
};

export const featureSetClaims: Subject = {
  key: 'feature-sets',
  title: 'Non-uniform superposition',
  section: SECTION,
  question: 'What if features come together, or exclude each other, or one is rarer than the rest?',
  claims: [
    perturbedPentagon,
    squeezed,
    correlatedPairs,
    collapsedPairs,
    anticorrelatedPairs,
    hexagon,
    collapse,
    principal,
    ...LARGER_SET_CLAIMS,
  ],
};
