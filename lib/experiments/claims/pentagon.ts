/** Pentagon against two digons, exactly: five features in two dimensions. */
import { at } from '#lib/base/matrix';
import { uniformLaw } from '#lib/measure/exact/law';
import { createEvaluator, type Problem } from '#lib/measure/exact/expected-loss';
import {
  branchCrossing,
  descend,
  descendFrom,
  lowest,
  randomStarts,
  scaled,
  withBias,
} from '#lib/measure/exact/optimum';
import { polygon } from '#lib/measure/regular';
import type { TiedWeights } from '#lib/model/tied';
import type { ExactClaim, Quantity } from '../claim.ts';
import { PANELS } from './introduction.ts';
import { againstDensity, branchRatio } from './pictures.ts';
import { furthest, near } from './quantities.ts';
import { describe, type Description } from './shape.ts';

const SECTION = 'Introduction';

/** Feature i weighs base^i. */
const fiveInTwo = (density: number, base = 1): Problem => ({
  model: { n: 5, m: 2, output: 'relu' },
  law: uniformLaw(5, density),
  importance: Array.from({ length: 5 }, (_, i) => Array.from({ length: i }).reduce<number>((x) => x * base, 1)),
});

/** Features 0 to 3 in two pairs; feature 4 nowhere, its bias at its mean. */
const twoDigons: TiedWeights = {
  W: Float64Array.of(1, 0, -1, 0, 0, 1, 0, -1, 0, 0),
  b: Float64Array.of(0, 0, 0, 0, 0.1),
};

const PENTAGON = withBias(polygon(5, 1.1).W, 5, -0.2);

/** A start with its features in another order. */
function reordered({ W, b }: TiedWeights, order: readonly number[]): TiedWeights {
  return {
    W: Float64Array.from(order.flatMap((i) => [at(W, 2 * i), at(W, 2 * i + 1)])),
    b: Float64Array.from(order, (i) => at(b, i)),
  };
}

/** All orders round a circle of five, but for rotations and reflections. */
const CIRCLES: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4],
  [0, 1, 2, 4, 3],
  [0, 1, 3, 2, 4],
  [0, 1, 3, 4, 2],
  [0, 1, 4, 2, 3],
  [0, 1, 4, 3, 2],
  [0, 2, 1, 3, 4],
  [0, 2, 1, 4, 3],
  [0, 2, 3, 1, 4],
  [0, 2, 4, 1, 3],
  [0, 3, 1, 2, 4],
  [0, 3, 2, 1, 4],
];

/** All ways to pair features 0 to 3. */
const PAIRINGS: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4],
  [0, 2, 1, 3, 4],
  [0, 2, 3, 1, 4],
];

const CROSSING = 'density where their losses cross';

const crossingUniform: ExactClaim = {
  id: 'pentagon-crossing-uniform',
  section: SECTION,
  sentence: 'With equal importances a pentagon is better than two digons below density .225.',
  kind: 'exact',
  measure: () => [
    near(
      CROSSING,
      branchCrossing((p) => fiveInTwo(p), [PENTAGON, twoDigons], 0.2, 0.25),
      0.2249,
      0.01,
    ),
  ],
  picture: againstDensity(
    [0.1, 0.35, 26],
    { y: 'loss of the pentagon / of two digons', series: ['pentagon'], guide: 1, mark: CROSSING },
    branchRatio(
      (p) => fiveInTwo(p),
      () => [PENTAGON, twoDigons],
    ),
  ),
};

/** The best regular pentagon at a density, equal importances. */
function regularPentagon(p: number): { readonly length: number; readonly bias: number; readonly loss: number } {
  const { x, loss } = descend(createEvaluator(fiveInTwo(p)), scaled(polygon(5).W, 5), Float64Array.of(1.1, -0.2));
  return { length: at(x, 0), bias: at(x, 1), loss };
}

/** ‖W‖ and bias, within one in a hundred. */
const PENTAGONS = [
  [0.1, 1.1, -0.209],
  [0.05, 1.136, -0.248],
  [0.01, 1.162, -0.273],
] as const;

const pentagons: ExactClaim = {
  id: 'pentagon-exact',
  section: SECTION,
  sentence:
    'The sparser the features, the larger the pentagon and the more negative its bias: ‖W‖ = 1.135 and −.246 at density .05.',
  kind: 'exact',
  measure() {
    const regular = regularPentagon(0.05);
    const free = descendFrom(createEvaluator(fiveInTwo(0.05)), PENTAGON);
    return [
      ...PENTAGONS.flatMap(([p, length, bias]) => {
        const found = regularPentagon(p);
        return [
          near(`‖W‖ at density ${p}`, found.length, length, length / 100),
          near(`bias at ${p}`, found.bias, bias, -bias / 100),
        ];
      }),
      near('loss at .05', regular.loss, 1.781e-3, 1.8e-5),
      near('loss gained by leaving the regular shape', regular.loss - free.loss, 0, 1e-9),
    ];
  },
  picture: againstDensity([0.2, 0.002, 18], { y: 'of a pentagon', series: ['‖W‖', '−b'] }, () => (p) => {
    const { length, bias } = regularPentagon(p);
    return [length, -bias];
  }),
};

/** Both shapes with their features in the best order, importances .9^i. */
function bestOrders(density: number): readonly [TiedWeights, TiedWeights] {
  const evaluator = createEvaluator(fiveInTwo(density, 0.9));
  const best = (start: TiedWeights, orders: readonly (readonly number[])[]): TiedWeights =>
    lowest(
      evaluator,
      orders.map((order) => reordered(start, order)),
    );
  return [best(PENTAGON, CIRCLES), best(twoDigons, PAIRINGS)];
}

const crossingNotebook: ExactClaim = {
  id: 'pentagon-crossing-notebook',
  section: SECTION,
  sentence: 'With importances .9^i, as in the figure, a pentagon is better than two digons below density .161.',
  kind: 'exact',
  measure() {
    const density = branchCrossing((p) => fiveInTwo(p, 0.9), bestOrders(0.15), 0.14, 0.175, 1e-4);
    return [near(CROSSING, density, 0.16, 0.01)];
  },
  picture: againstDensity(
    [0.1, 0.19, 19],
    { y: 'loss of the pentagon / of two digons', series: ['pentagon'], guide: 1, mark: CROSSING },
    branchRatio(
      (p) => fiveInTwo(p, 0.9),
      () => bestOrders(0.1),
    ),
  ),
};

/** The optimum at a density, importances .9^i. */
function optimumAt(p: number): Description {
  const { model } = fiveInTwo(p);
  const starts = [twoDigons, PENTAGON, withBias(Float64Array.of(1, 0, 0, 1, 0, 0, 0, 0, 0, 0), 5, 0.1)];
  return describe(lowest(createEvaluator(fiveInTwo(p, 0.9)), [...starts, ...randomStarts(model, 4)]), model);
}

const storedAt = (p: number): number => optimumAt(p).represented.length;

/** What the trained models of that panel are asked, of the optimum. */
const panelAt = (p: number, panel: (description: Description) => readonly Quantity[]): readonly Quantity[] =>
  panel(optimumAt(p)).map((quantity) => ({ ...quantity, name: `at density ${p}: ${quantity.name}` }));

const panels: ExactClaim = {
  id: 'panels-exact',
  section: SECTION,
  sentence:
    'The three panels of the first figure, at 0%, 80% and 90% sparsity, are optima: two orthogonal features, two digons, a pentagon.',
  kind: 'exact',
  measure: () => [...panelAt(1, PANELS.orthogonal), ...panelAt(0.2, PANELS.digons), ...panelAt(0.1, PANELS.pentagon)],
  picture: againstDensity([1, 0.05, 18], { y: 'features stored by the optimum', series: ['stored'] }, () => (p) => [
    storedAt(p),
  ]),
};

const normAndBias: ExactClaim = {
  id: 'norm-and-bias',
  section: 'Mathematical Understanding',
  sentence: 'In a polygon norm and bias belong together, as ‖W‖ = 1/(1 − b).',
  reason:
    'With x′ = ReLU(WᵀWx + b), reconstructing x = 1 needs ‖W‖² + b = 1, so it is ‖W‖² that is about 1 − b, within 7%; ‖W‖ · (1 − b) is 1.4, not 1.',
  kind: 'exact',
  measure() {
    const rows = [0.1, 0.05, 0.01].map(regularPentagon);
    const middle = rows[1];
    return [
      near(
        '‖W‖² / (1 − b) of pentagons at densities .1, .05, .01',
        furthest(
          rows.map(({ length, bias }) => (length * length) / (1 - bias)),
          1,
        ),
        1,
        0.07,
      ),
      near('‖W‖ · (1 − b) at density .05', (middle?.length ?? NaN) * (1 - (middle?.bias ?? NaN)), 1.414, 0.01, {
        paper: 1,
      }),
    ];
  },
  picture: againstDensity(
    [0.005, 0.2, 18],
    { y: 'of a pentagon', series: ['‖W‖² / (1 − b)', '‖W‖ · (1 − b)'], guide: 1 },
    () => (p) => {
      const { length, bias } = regularPentagon(p);
      return [(length * length) / (1 - bias), length * (1 - bias)];
    },
  ),
};

export const PENTAGON_CLAIMS = [panels, crossingNotebook, crossingUniform, pentagons, normAndBias] as const;
