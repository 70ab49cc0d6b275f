/** Twenty features in five dimensions, trained at seven densities: how many are stored, which are left alone, what biases do. */
import { at, sum } from '#lib/base/matrix';
import { square } from '#lib/base/ieee';
import { gram } from '#lib/measure/gram';
import { norms, representedFeatures } from '#lib/measure/norms';
import { polytopes } from '#lib/measure/polytope';
import { superposition } from '#lib/measure/superposition';
import { densityCode, drawSamples, featureValue, trainingKeys } from '#lib/model/data';
import { cellCount, cellParameters, importances } from '#lib/spec/cells';
import {
  bestModel,
  type ExactClaim,
  type FinishedRun,
  type Quantity,
  type SampledClaim,
  type StatisticalClaim,
} from '../claim.ts';
import { atLeast, atMost, equal, furthest, greatest, near } from './quantities.ts';
import { TWENTY_FEATURES_CLAIMS } from './twenty-features.ts';

const SECTION = 'Demonstrating Superposition';

/** At five times the rate, falling to zero: the same counts in a thirteenth of the samples (seeds 1 to 3). */
const SMALL = { steps: 3_000, batch: 256, replicas: 3, learningRate: 5e-3, schedule: 'linear' } as const;
/** The three densest of the seven. */
const DENSE = { densities: 3, densityTo: 0.1 } as const;
const dense = (run: FinishedRun): readonly number[] => cellsOf(run).slice(0, DENSE.densities);

const densityOf = (run: FinishedRun, cell: number): number => cellParameters(run.spec, cell).density;
const cellsOf = (run: FinishedRun): readonly number[] => Array.from({ length: cellCount(run.spec) }, (_, cell) => cell);
const short = (density: number): string => String(Number(density.toPrecision(2)));

/** Features stored at densities 1, .3, .1, .03, .01, .003, .001: the middle, how far from it, and how far in small runs. */
const STORED = [
  [5, 0, 0],
  [7, 0, 1],
  [9, 0, 1],
  [10.5, 0.5, 1],
  [11.5, 0.5, 1.5],
  [12, 1, 2],
  [12.5, 1.5, 2],
] as const;

/** The cell of density .03. */
const TEN_OR_ELEVEN = 3;

const stored: StatisticalClaim = {
  id: 'stored',
  section: SECTION,
  sentence:
    'The sparser the features, the more of them are stored in five dimensions: 5, 7, 9, 10, then 11 to 14 of twenty.',
  source: 'by the re-runs',
  reason:
    'At density .03 ten is not the only answer. Models that store ten and models that store eleven in full lose within 1 to 3% of each other, and of three seeds two end with ten as the best, one with eleven. All other counts are as given.',
  kind: 'statistical',
  parameters: {},
  smallParameters: SMALL,
  measure: (run) =>
    cellsOf(run).map((cell): Quantity => {
      const [expected, tolerance, smallTolerance] = STORED[cell] ?? [NaN, 0, 0];
      const { length } = representedFeatures(bestModel(run, cell).W, run.spec.model);
      const paper = cell === TEN_OR_ELEVEN ? { paper: 10, paperTolerance: 0 } : {};
      return near(`at density ${short(densityOf(run, cell))}`, length, expected, tolerance, {
        smallTolerance,
        ...paper,
      });
    }),
};

const UNTOUCHED = [5, 3, 1] as const;

const untouched: StatisticalClaim = {
  id: 'untouched',
  section: SECTION,
  sentence:
    'The most important features keep dimensions of their own longest: five without sparsity, three at density .3, one at .1.',
  kind: 'statistical',
  parameters: {},
  smallParameters: { ...SMALL, ...DENSE, replicas: 8 },
  measure: (run) =>
    dense(run).flatMap((cell) => {
      const { W } = bestModel(run, cell);
      const shared = superposition(W, run.spec.model);
      const alone = representedFeatures(W, run.spec.model).filter((i) => at(shared, i) < 0.01);
      return [
        equal(`at density ${short(densityOf(run, cell))}`, alone.length, UNTOUCHED[cell] ?? NaN),
        equal(
          `the least important of them at ${short(densityOf(run, cell))}`,
          Math.max(...alone),
          (UNTOUCHED[cell] ?? NaN) - 1,
        ),
      ];
    }),
};

const antipodal: StatisticalClaim = {
  id: 'antipodal-pairs',
  section: SECTION,
  sentence: 'At density .3 superposition begins with antipodal pairs: three features alone, four in two digons.',
  kind: 'statistical',
  parameters: { densities: 1, densityFrom: 0.3 },
  smallParameters: { ...SMALL, replicas: 12 },
  wrong: { parameters: { densityFrom: 0.03 }, words: 'trained at density .03' },
  measure(run) {
    const names = polytopes(bestModel(run, 0).W, run.spec.model).map(({ name }) => name);
    return [
      equal('dedicated dimensions', names.filter((name) => name === 'dedicated dimension').length, 3),
      equal('digons', names.filter((name) => name === 'digon').length, 2),
      equal('polytopes', names.length, 5),
    ];
  },
};

const biases: StatisticalClaim = {
  id: 'biases',
  section: SECTION,
  sentence: 'A feature that is not stored comes out at its mean: its bias is p/2, within 4%.',
  source: 'by the re-runs',
  reason:
    'On average it is, within 2%. One by one the biases scatter about it, as the learning rate stays what it is to the last step: at density .1 the furthest of a dozen is 6% off, here and in the re-runs of the notebook (.047 to .052).',
  kind: 'statistical',
  parameters: {},
  smallParameters: { ...SMALL, ...DENSE, replicas: 8 },
  measure: (run) =>
    dense(run).flatMap((cell) => {
      const p = densityOf(run, cell);
      const { W, b } = bestModel(run, cell);
      const absent = b.filter((_, i) => at(norms(W, run.spec.model), i) < 0.1);
      const off = greatest(absent.map((bias) => Math.abs(bias / (p / 2) - 1)));
      const mean = sum(absent) / absent.length / (p / 2);
      return [
        near(`their mean, of p/2, at density ${short(p)}`, mean, 1, 0.04),
        cell < 2
          ? atMost(`the furthest, off p/2 at ${short(p)}`, off, 0.04, { smallTolerance: 0.06 })
          : atMost(`the furthest, off p/2 at ${short(p)}`, off, 0.1, { paper: 0.04 }),
      ];
    }),
};

const linear: StatisticalClaim = {
  id: 'linear',
  section: SECTION,
  sentence:
    'A linear model stores the five most important features at every density, each in a dimension of its own, and never more.',
  kind: 'statistical',
  parameters: { output: 'linear', replicas: 2 },
  smallParameters: { ...SMALL, replicas: 2 },
  wrong: { parameters: { output: 'relu' }, words: 'with a ReLU' },
  measure: (run) => {
    const { n } = run.spec.model;
    const cells = cellsOf(run).map((cell) => {
      const { W, b } = bestModel(run, cell);
      const lengths = norms(W, run.spec.model);
      const G = gram(W, run.spec.model);
      const crossed = [...G].filter((_, ij) => Math.floor(ij / n) !== ij % n).map(Math.abs);
      const off = [...b.subarray(5)].map((bias) => Math.abs(bias - densityOf(run, cell) / 2));
      return { first: [...lengths.subarray(0, 5)], others: [...lengths.subarray(5)], crossed, off };
    });
    return [
      near(
        'norms of the first five',
        furthest(
          cells.flatMap(({ first }) => first),
          1,
        ),
        1,
        0.02,
      ),
      atMost('greatest norm of the others', greatest(cells.flatMap(({ others }) => others)), 0.05),
      atMost('greatest entry of WᵀW off the diagonal', greatest(cells.flatMap(({ crossed }) => crossed)), 0.02),
      atMost('biases of the others, off p/2', greatest(cells.flatMap(({ off }) => off)), 0.01, {
        smallTolerance: 0.005,
      }),
    ];
  },
};

const ALL_DRAWS = 0x100000000;

/** E x and E x² of the sampler over all of the 2^32 numbers that may be drawn: the upper 24 bits decide the value, the threshold whether there is one. */
function momentsOf(p: number): { readonly first: number; readonly second: number } {
  const code = densityCode(p);
  let [first, second] = [0, 0];
  for (let upper = 0; (upper << 8) >>> 0 < code.threshold && upper < 1 << 24; upper++) {
    const x = featureValue((upper << 8) >>> 0, code);
    const drawn = Math.min(256, code.threshold - upper * 256);
    first += drawn * x;
    second += drawn * x * x;
  }
  return { first: first / ALL_DRAWS, second: second / ALL_DRAWS };
}

const moments: ExactClaim = {
  id: 'moments',
  section: SECTION,
  sentence: 'The data are as the paper says: a feature has E x = p/2 and E x² = p/3.',
  kind: 'exact',
  measure: () =>
    [1, 0.1].flatMap((p) => {
      const { first, second } = momentsOf(p);
      return [
        near(`E x / (p/2) at density ${p}, over all 2³² draws`, first / (p / 2), 1, 1e-6),
        near(`E x² / (p/3) at density ${p}`, second / (p / 3), 1, 1e-6),
      ];
    }),
};

/** At density 1, and ten times as many at .1: the mean is then known to a quarter of a percent. What is wrong shows sooner. */
const PRODUCT_SAMPLES = { independent: 100_000, correlated: 10_000 } as const;

/** Samples of eight features → the mean of x_i x_j over their 28 pairs, relative to p²/4. */
function products(p: number, seed: number, kind: 'independent' | 'correlated'): number {
  const [n, together] = [8, 10_000];
  const samples = PRODUCT_SAMPLES[kind] * (p < 1 ? 10 : 1);
  const density = new Float64Array(n).fill(p);
  const keys = trainingKeys({ seed, cell: 0, replica: 0 }, 0);
  const x = new Float64Array(together * n);
  let total = 0;
  for (let first = 0; first < samples; first += together) {
    drawSamples(x, kind === 'independent' ? { kind, density } : { kind, setSize: n, density }, keys, first);
    for (let sample = 0; sample < x.length; sample += n) {
      const values = x.subarray(sample, sample + n);
      // Σ_{i<j} x_i x_j = ((Σ x)² − Σ x²) / 2
      total += (square(sum(values)) - values.reduce((squares, value) => squares + value * value, 0)) / 2;
    }
  }
  return total / samples / ((n * (n - 1)) / 2) / (square(p) / 4);
}

const PRODUCT_DENSITIES = [1, 0.1] as const;
const productQuantities = (seed: number, kind: 'independent' | 'correlated'): readonly Quantity[] =>
  PRODUCT_DENSITIES.map((p) => near(`E x y / (p²/4) at density ${p}`, products(p, seed, kind), 1, 0.01));

const independence: SampledClaim = {
  id: 'independent',
  section: SECTION,
  sentence: 'Features are independent: E x y = p²/4.',
  kind: 'statistical',
  sample: (seed) => productQuantities(seed, 'independent'),
  wrong: { words: 'of features that are active together', sample: (seed) => productQuantities(seed, 'correlated') },
};

const moreThanLinear: StatisticalClaim = {
  id: 'more-than-linear',
  section: SECTION,
  sentence: 'Superposition pays: at density .1 a ReLU model loses less than half of what the best linear model does.',
  kind: 'statistical',
  parameters: { densities: 1, densityFrom: 0.1 },
  smallParameters: SMALL,
  wrong: { parameters: { output: 'linear' }, words: 'linear' },
  measure(run) {
    const p = densityOf(run, 0);
    const { n, m } = run.spec.model;
    // The best linear model gives the m most important features a dimension each, and the others their mean.
    const absent = sum(importances(run.spec).subarray(m));
    const best = (absent * (p / 3 - square(p) / 4)) / n;
    const loss = run.evaluationLoss[run.best[0]?.replica ?? -1] ?? NaN;
    return [atLeast('loss of the best linear model / its own', best / loss, 2)];
  },
};

export const DEMONSTRATING_CLAIMS = [
  moments,
  independence,
  linear,
  stored,
  untouched,
  antipodal,
  biases,
  moreThanLinear,
  ...TWENTY_FEATURES_CLAIMS,
];
