/** Two features in one dimension: ideal strategies, the true optimum, and what happens without biases. */
import { at } from '#lib/base/matrix';
import { biasFreeLoss } from '#lib/measure/exact/bias-free';
import { createEvaluator, type Problem } from '#lib/measure/exact/expected-loss';
import { uniformLaw } from '#lib/measure/exact/law';
import { crossing, lowest, randomStarts, threshold, type Optimum } from '#lib/measure/exact/optimum';
import {
  bestStrategy,
  ignoredBoundary,
  TRIPLE_DENSITY,
  TWO_IN_ONE,
  type StrategyLoss,
} from '#lib/measure/exact/strategies';
import { minimise } from '#lib/base/minimise';
import { present } from '#lib/base/assert';
import type { TiedWeights } from '#lib/model/tied';
import type { Claim, ExactClaim } from '../claim.ts';
import { linearly } from '../picture.ts';
import { againstDensity } from './pictures.ts';
import { atLeast, atMost, furthest, near } from './quantities.ts';

const SECTION = 'Superposition as a Phase Change';

const twoInOne = (p: number, r: number): Problem => ({
  model: { n: 2, m: 1, output: 'relu' },
  law: uniformLaw(2, p),
  importance: [1, r],
});

const START = { b: Float64Array.of(0.1, 0.1) };
const STARTS: readonly TiedWeights[] = [
  { ...START, W: Float64Array.of(1, 0) },
  { ...START, W: Float64Array.of(0, 1) },
  { ...START, W: Float64Array.of(1, -1) },
  { ...START, W: Float64Array.of(0.9, -0.5) },
  { ...START, W: Float64Array.of(1, -0.3) },
  { ...START, W: Float64Array.of(1, -0.1) },
  { ...START, W: Float64Array.of(0.5, -0.9) },
  { ...START, W: Float64Array.of(0.7, 0.7) },
];

const optimumAt = (p: number, r: number): Optimum =>
  lowest(createEvaluator(twoInOne(p, r)), [...STARTS, ...randomStarts({ n: 2, m: 1 }, 6)]);

const strategy = (name: StrategyLoss['strategy']): StrategyLoss =>
  present(
    TWO_IN_ONE.find((each) => each.strategy === name),
    name,
  );

/** The density at which two ideal strategies cost the same. */
const idealCrossing = (one: StrategyLoss['strategy'], other: StrategyLoss['strategy'], r: number): number =>
  crossing((p) => strategy(one).loss(p, r) - strategy(other).loss(p, r), 0.05, 0.9, 1e-9);

const triplePoint: ExactClaim = {
  id: 'triple-point',
  section: SECTION,
  sentence: 'The three ideal strategies (ignore, dedicate, superpose) meet at equal importance and density 4/7.',
  kind: 'exact',
  measure: () => [
    near('ignored = superposed at r = 1', idealCrossing('ignored', 'superposed', 1), TRIPLE_DENSITY, 1e-6),
    near('dedicated = superposed at r = 1', idealCrossing('dedicated', 'superposed', 1), TRIPLE_DENSITY, 1e-6),
    near('at r = .1, the left edge', idealCrossing('ignored', 'superposed', 0.1), 0.16, 1e-6),
    near('at r = 10, the right edge', idealCrossing('dedicated', 'superposed', 10), 0.16, 1e-6),
    near('at r = .5', idealCrossing('ignored', 'superposed', 0.5), 4 / 9, 1e-6),
  ],
  picture: againstDensity(
    [0.2, 0.9, 29],
    { y: 'loss at r = 1', series: ['ignored, or dedicated', 'superposed'], mark: 'ignored = superposed at r = 1' },
    () => (p) => [strategy('ignored').loss(p, 1), strategy('superposed').loss(p, 1)],
  ),
};

/** Where W is 0 the bias is the feature's mean. */
const idealWeights = ({ W }: StrategyLoss, p: number): TiedWeights => ({
  W: Float64Array.from(W),
  b: Float64Array.from(W, (weight) => (weight === 0 ? p / 2 : 0)),
});

const idealLosses: ExactClaim = {
  id: 'ideal-losses',
  section: SECTION,
  sentence:
    'The losses of the three ideal strategies are r · v(p), v(p) and (1 + r) p²/6, with v(p) = p/3 − p²/4, at nine densities and importances.',
  kind: 'exact',
  measure: () =>
    TWO_IN_ONE.map((each) => {
      const ratios = [0.05, 0.3, 1].flatMap((p) =>
        [0.1, 1, 7].map((r) => (2 * createEvaluator(twoInOne(p, r)).loss(idealWeights(each, p))) / each.loss(p, r)),
      );
      return near(`${each.strategy}: expected loss / closed form`, furthest(ratios, 1), 1, 1e-12);
    }),
};

const antipodalOptimum: ExactClaim = {
  id: 'antipodal-optimum',
  section: SECTION,
  sentence:
    'For two features of equal importance and density .1 the optimum is an antipodal pair, W = (1.006, −1.006).',
  kind: 'exact',
  measure() {
    const { W, loss } = optimumAt(0.1, 1);
    return [
      near('|W_1|', Math.abs(at(W, 0)), 1.006, 0.002),
      near('W_2 / W_1', at(W, 1) / at(W, 0), -1, 1e-4),
      near('loss, summed over features', 2 * loss, 0.00332, 5e-5),
    ];
  },
  picture: againstDensity([0.05, 0.9, 24], { y: 'at the optimum', series: ['|W_1|', '|W_2|', 'b_1'] }, () => (p) => {
    const { W, b } = optimumAt(p, 1);
    const [first, second] = [Math.abs(at(W, 0)), Math.abs(at(W, 1))];
    return [Math.max(first, second), Math.min(first, second), at(b, first >= second ? 0 : 1)];
  }),
};

/** The density up to which the optimum stores the second feature. */
const trueBoundary = (r: number): number => threshold((p) => Math.abs(at(optimumAt(p, r).W, 1)) > 0.05, 0.1, 0.7);

const secondWeight = (p: number, r: number): number => Math.abs(at(optimumAt(p, r).W, 1));

const boundaryAbove: ExactClaim = {
  id: 'boundary-above-theory',
  section: SECTION,
  sentence:
    'The superposed phase of trained models reaches further than the three ideal strategies say: its weights bend near the boundary.',
  kind: 'exact',
  measure() {
    const [third, half] = [trueBoundary(0.3), trueBoundary(0.5)];
    return [
      near('boundary at r = .3 (ideal .343)', third, 0.38, 0.02),
      near('boundary at r = .5 (ideal .444)', half, 0.48, 0.02),
      atLeast('above the ideal one at r = .3 by', third - idealCrossing('ignored', 'superposed', 0.3), 0.01),
      atLeast('above the ideal one at r = .5 by', half - idealCrossing('ignored', 'superposed', 0.5), 0.01),
    ];
  },
  picture: againstDensity(
    [0.25, 0.6, 36],
    { y: '|W_2| at the optimum', series: ['r = .3', 'r = .5'], mark: 'boundary at r = .3 (ideal .343)' },
    () => (p) => [secondWeight(p, 0.3), secondWeight(p, 0.5)],
  ),
};

/** At relative importances of .1 to .5, the ideal one and that of the optimum. */
const BOUNDARIES = [
  [0.1, 0.18],
  [0.2, 0.3],
  [0.3, 0.38],
  [0.4, 0.44],
  [0.5, 0.48],
] as const;

const boundaryTable: ExactClaim = {
  id: 'boundary-table',
  section: SECTION,
  sentence:
    'The second feature is stored up to density .18 at a tenth of the importance, .30 at a fifth, .38, .44, and .48 at half of it.',
  kind: 'exact',
  measure: () => BOUNDARIES.map(([r, expected]) => near(`boundary at r = ${r}`, trueBoundary(r), expected, 0.01)),
  picture: {
    x: 'relative importance r',
    y: 'density of the boundary',
    scale: 'linear',
    series: ['of the optimum', 'of the ideal strategies'],
    at: linearly(0.1, 0.55, 19),
    begin: () => (r) => [trueBoundary(r), ignoredBoundary(r)],
  },
};

const equalImportance: ExactClaim = {
  id: 'equal-importance',
  section: SECTION,
  sentence:
    'At equal importance the antipodal pair shrinks and its biases rise as features get denser, until beyond density .7 one of the two is stored less than the other.',
  kind: 'exact',
  measure() {
    const rows = [0.4, 0.6, 0.68, 0.8].map((p) => {
      const { W, b } = optimumAt(p, 1);
      const [one, other] = [Math.abs(at(W, 0)), Math.abs(at(W, 1))];
      return { longer: Math.max(one, other), shorter: Math.min(one, other), bias: Math.max(at(b, 0), at(b, 1)) };
    });
    const [sparse, middle, dense, uneven] = rows;
    return [
      near('|W| at density .4', sparse?.longer ?? NaN, 1, 0.005),
      near('|W| at .6', middle?.longer ?? NaN, 0.87, 0.005),
      near('bias at .6', middle?.bias ?? NaN, 0.21, 0.006),
      near('|W| at .68', dense?.longer ?? NaN, 0.775, 0.005),
      near('bias at .68', dense?.bias ?? NaN, 0.31, 0.005),
      near('longer at .8', uneven?.longer ?? NaN, 0.93, 0.005),
      near('shorter at .8', uneven?.shorter ?? NaN, 0.45, 0.01),
    ];
  },
};

const firstOrder: ExactClaim = {
  id: 'first-order',
  section: SECTION,
  sentence: 'The change is of first order: at the boundary |W_2| jumps, as two separate minima change places.',
  kind: 'exact',
  measure() {
    const p = trueBoundary(0.3);
    const below = Math.abs(at(optimumAt(p - 0.003, 0.3).W, 1));
    const above = Math.abs(at(optimumAt(p + 0.003, 0.3).W, 1));
    return [atLeast('|W_2| just below, r = .3', below, 0.6), atMost('just above', above, 1e-3)];
  },
  picture: againstDensity([0.3, 0.45, 31], { y: '|W_2| at the optimum', series: ['r = .3'] }, () => (p) => [
    secondWeight(p, 0.3),
  ]),
};

/** The density at which |W_2| falls through `weight`. */
const fallsThrough = (weight: number, r: number): number =>
  threshold((p) => Math.abs(at(optimumAt(p, r).W, 1)) > weight, 0.3, 0.9);

const weakPhase: ExactClaim = {
  id: 'weakly-superposed',
  section: SECTION,
  sentence: 'There are three phases, and crossing from superposed to ignored the second feature vanishes at once.',
  reason:
    'From a relative importance of about .6 there is a fourth phase between the two, in which the second feature is stored weakly, opposite to the first: at r = .8 its weight jumps from .74 to .36 at density .597 and then shrinks to nothing continuously, until .727. In maps of trained models this is the blurred part of the edge.',
  kind: 'exact',
  measure() {
    const [jump, end] = [fallsThrough(0.5, 0.8), fallsThrough(0.01, 0.8)];
    return [
      near('|W_2| just below the jump, r = .8', Math.abs(at(optimumAt(jump - 0.002, 0.8).W, 1)), 0.74, 0.03),
      near('just above', Math.abs(at(optimumAt(jump + 0.002, 0.8).W, 1)), 0.36, 0.02, { paper: 0 }),
      near('density of the jump', jump, 0.597, 0.005),
      near('density where nothing is left', end, 0.727, 0.005),
    ];
  },
  picture: againstDensity(
    [0.5, 0.8, 31],
    { y: '|W_2| at the optimum', series: ['r = .8'], mark: 'density of the jump' },
    () => (p) => [secondWeight(p, 0.8)],
  ),
};

/** w [2] of least bias-free loss, longer first. */
function biasFreeOptimum(p: number, r: number): readonly number[] {
  const h = 1e-6;
  const descents = STARTS.map(({ W }) =>
    minimise(
      (w, gradient) => {
        const value = (x: number, y: number): number => biasFreeLoss([x, y], r, p);
        const [x, y] = [at(w, 0), at(w, 1)];
        gradient[0] = (value(x + h, y) - value(x - h, y)) / (2 * h);
        gradient[1] = (value(x, y + h) - value(x, y - h)) / (2 * h);
        return value(x, y);
      },
      W.map((weight) => weight + 0.01),
      { tolerance: 1e-7 },
    ),
  );
  const best = descents.reduce((low, each) => (each.value < low.value ? each : low));
  const sign = Math.sign(at(best.x, 0));
  return [...best.x].map((weight) => sign * weight);
}

/** The density from which both features of equal importance have the same sign. */
const confusedFrom = (): number => threshold((p) => biasFreeOptimum(p, 1).every((weight) => weight > 0.5), 0.8, 0.5);

const confusedFeature: ExactClaim = {
  id: 'confused-feature',
  section: 'Comments and replications: Tom McGrath',
  sentence: 'Without biases, dense features of similar importance share one direction: the “confused feature”.',
  kind: 'exact',
  measure() {
    const [equal, half] = [biasFreeOptimum(0.7, 1), biasFreeOptimum(0.8, 0.5)];
    return [
      near('W at r = 1, p = .7, furthest from 1/√2', furthest(equal, Math.SQRT1_2), Math.SQRT1_2, 1e-3),
      near('the same at p = .64', furthest(biasFreeOptimum(0.64, 1), Math.SQRT1_2), Math.SQRT1_2, 1e-3),
      near('density from which it is so at r = 1', confusedFrom(), 0.582, 0.003),
      near('W_1 at r = .5, p = .8', half[0] ?? NaN, 0.784, 1e-3),
      near('W_2', half[1] ?? NaN, 0.597, 1e-3),
    ];
  },
};

const biasFreeForm: ExactClaim = {
  id: 'bias-free-loss',
  section: 'Comments and replications: Tom McGrath',
  sentence:
    'The bias-free loss has a closed form in the two weights: at forty random weights, importances and densities.',
  kind: 'exact',
  measure() {
    const ratios = randomStarts({ n: 4, m: 1 }, 40).map(({ W }) => {
      const [w1, w2, r, p] = [at(W, 0), at(W, 1), share(at(W, 2)), share(at(W, 3))];
      const exact = 2 * createEvaluator(twoInOne(p, r)).loss({ W: W.subarray(0, 2), b: new Float64Array(2) });
      return biasFreeLoss([w1, w2], r, p) / exact;
    });
    return [near('closed form / expected loss', furthest(ratios, 1), 1, 1e-9)];
  },
};

/** Any number → one between .02 and .98. */
const share = (x: number): number => 0.5 + (0.48 * x) / (0.5 + Math.abs(x));

const noConfusion: ExactClaim = {
  id: 'confused-feature-needs-no-bias',
  section: 'Comments and replications: Tom McGrath',
  sentence: 'At high density and similar importance the model has a third phase, a “confused feature” W = (.7, .7).',
  source: 'in the comment',
  reason:
    'That holds without biases only, which is what the comment computed. With them the optimum at r = 1, p = .7 is an antipodal pair, and at r = .5, p = .8 the second feature is ignored.',
  kind: 'exact',
  measure() {
    const equal = optimumAt(0.7, 1);
    const half = optimumAt(0.8, 0.5);
    return [
      near('W_1 · W_2 at r = 1, p = .7', at(equal.W, 0) * at(equal.W, 1), -0.576, 0.005, { paper: 0.5 }),
      near('W_2 at r = .5, p = .8', at(half.W, 1), 0, 1e-3, { paper: 0.597 }),
    ];
  },
};

const denseDegenerate: ExactClaim = {
  id: 'dense-degenerate',
  section: SECTION,
  sentence:
    'Without sparsity and at equal importance all directions of W are within a thousandth of each other: the loss is the variance, 1/12.',
  kind: 'exact',
  measure() {
    const evaluator = createEvaluator(twoInOne(1, 1));
    const losses = Array.from({ length: 8 }, (_, i) => {
      const share = i / 7;
      const W = Float64Array.of(Math.sqrt(1 - share), -Math.sqrt(share));
      return 2 * evaluator.loss({ W, b: Float64Array.from([share, 1 - share], (own) => meanBias(own)) });
    });
    return [
      near('losses of eight directions', furthest(losses, 1 / 12), 1 / 12, 1e-4),
      near('loss of the optimum, which cuts a corner off by the ReLU', 2 * optimumAt(1, 1).loss, 0.08325, 1e-5),
    ];
  },
};

/** The bias that makes the mean of an output right: of a feature whose W misses `missed` of its square. */
const meanBias = (missed: number): number => (missed + Math.sqrt(missed * (1 - missed))) / 2;

const idealIsBound: ExactClaim = {
  id: 'ideal-is-a-bound',
  section: SECTION,
  sentence:
    'The best ideal strategy is never better than the true optimum, and at most a sixth worse: where all three cost the same.',
  kind: 'exact',
  measure() {
    const ratio = (p: number, r: number): number =>
      bestStrategy(TWO_IN_ONE, p, r).loss(p, r) / (2 * optimumAt(p, r).loss);
    const ratios = [0.1, 0.16, 0.3, 0.34, 0.44, 0.5, 0.8].flatMap((p) => [0.1, 0.3, 0.5, 1].map((r) => ratio(p, r)));
    return [
      atLeast('least ratio of the losses', Math.min(...ratios), 1 - 1e-9),
      near('ratio at the triple point', ratio(TRIPLE_DENSITY, 1), 1.163, 0.005),
      atMost('greatest ratio elsewhere', Math.max(...ratios), 1.163),
    ];
  },
  picture: againstDensity(
    [0.05, 1, 24],
    { y: 'loss of the best ideal strategy / of the optimum', series: ['r = .1', 'r = .3', 'r = 1'], guide: 1 },
    () => (p) => [0.1, 0.3, 1].map((r) => bestStrategy(TWO_IN_ONE, p, r).loss(p, r) / (2 * optimumAt(p, r).loss)),
  ),
};

export const PHASE_CHANGE_CLAIMS: readonly Claim[] = [
  idealLosses,
  triplePoint,
  antipodalOptimum,
  boundaryAbove,
  boundaryTable,
  equalImportance,
  firstOrder,
  weakPhase,
  idealIsBound,
  denseDegenerate,
  biasFreeForm,
  confusedFeature,
  noConfusion,
];
