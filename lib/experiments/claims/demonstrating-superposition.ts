/** Twenty features in five dimensions, trained at seven densities: how many are stored, which are left alone, what biases do. */
import { at, sum } from '#lib/base/matrix';
import { streamKey } from '#lib/base/random';
import { square } from '#lib/base/ieee';
import { gram } from '#lib/measure/gram';
import { norms, representedFeatures } from '#lib/measure/norms';
import { polytopes } from '#lib/measure/polytope';
import { superposition } from '#lib/measure/superposition';
import { sampleBatch } from '#lib/model/data';
import { cellCount, cellParameters, importances } from '#lib/spec/cells';
import { bestModel, type ExactClaim, type FinishedRun, type Quantity, type StatisticalClaim } from '../claim.ts';
import { atLeast, atMost, equal, furthest, greatest, near } from './quantities.ts';

const SECTION = 'Demonstrating Superposition';

/** At five times the rate, falling to zero: the same counts in a thirteenth of the samples (seeds 1 to 3). */
const SMALL = { steps: 3_000, batch: 256, replicas: 3, learningRate: 5e-3, schedule: 'linear' } as const;
const DENSE = { densities: 3, densityTo: 0.1 } as const;

const densityOf = (run: FinishedRun, cell: number): number => cellParameters(run.spec, cell).density;
const cellsOf = (run: FinishedRun): readonly number[] => Array.from({ length: cellCount(run.spec) }, (_, cell) => cell);
const short = (density: number): string => String(Number(density.toPrecision(2)));

/** Features stored at densities 1, .32, .1, .032, .01, .0032, .001, each within the second number. */
const STORED = [
  [5, 0],
  [7, 1],
  [9, 1],
  [10.5, 0.5],
  [11.5, 1.5],
  [12.5, 1.5],
  [12.5, 1.5],
] as const;

const stored: StatisticalClaim = {
  id: 'stored',
  section: SECTION,
  sentence:
    'The sparser the features, the more of them are stored in five dimensions: 5, 7, 9, 10, then 11 to 14 of twenty.',
  kind: 'statistical',
  parameters: {},
  smallParameters: SMALL,
  measure: (run) =>
    cellsOf(run).map((cell): Quantity => {
      const [expected, tolerance] = STORED[cell] ?? [NaN, 0];
      const { length } = representedFeatures(bestModel(run, cell).W, run.spec.model);
      return near(`at density ${short(densityOf(run, cell))}`, length, expected, tolerance);
    }),
};

const UNTOUCHED = [5, 3, 1] as const;

const untouched: StatisticalClaim = {
  id: 'untouched',
  section: SECTION,
  sentence:
    'The most important features keep dimensions of their own longest: five without sparsity, three at density .32, one at .1.',
  kind: 'statistical',
  parameters: DENSE,
  smallParameters: { ...SMALL, replicas: 8 },
  measure: (run) =>
    cellsOf(run).flatMap((cell) => {
      const { W } = bestModel(run, cell);
      const shared = superposition(W, run.spec.model);
      const alone = representedFeatures(W, run.spec.model).filter((i) => at(shared, i) < 0.01);
      return [
        equal(`at density ${short(densityOf(run, cell))}`, alone.length, UNTOUCHED[cell] ?? NaN),
        equal('the least important of them', Math.max(...alone), (UNTOUCHED[cell] ?? NaN) - 1),
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
  sentence: 'A feature that is not stored comes out at its mean: its bias is p/2.',
  kind: 'statistical',
  parameters: DENSE,
  smallParameters: { ...SMALL, replicas: 8 },
  measure: (run) =>
    cellsOf(run).flatMap((cell) => {
      const p = densityOf(run, cell);
      const { W, b } = bestModel(run, cell);
      const absent = b.filter((_, i) => at(norms(W, run.spec.model), i) < 0.1);
      return [
        near(`their mean at density ${short(p)}`, sum(absent) / absent.length, p / 2, 0.02 * p),
        near('the one furthest from it', furthest(absent, p / 2), p / 2, 0.05 * p),
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
      atMost('biases of the others, off p/2', greatest(cells.flatMap(({ off }) => off)), 0.015),
    ];
  },
};

/** Moments of features 0 and 1 over a million samples, relative to what the law says. */
const moments: ExactClaim = {
  id: 'moments',
  section: SECTION,
  sentence: 'The data are as the paper says: E x = p/2, E x² = p/3, and features are independent.',
  kind: 'exact',
  measure() {
    const samples = 1_000_000;
    return [1, 0.1].flatMap((p) => {
      const x = new Float64Array(2 * samples);
      sampleBatch(x, 2, streamKey({ seed: 0, cell: 0, replica: 0 }, 'evaluation', 0), p);
      const products = Float64Array.from({ length: samples }, (_, i) => at(x, 2 * i) * at(x, 2 * i + 1));
      return [
        near(`E x / (p/2) at density ${p}`, sum(x) / x.length / (p / 2), 1, 0.01),
        near('E x² / (p/3)', sum(x.map(square)) / x.length / (p / 3), 1, 0.01),
        near('E x y / (p²/4)', sum(products) / samples / (square(p) / 4), 1, 0.04),
      ];
    });
  },
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

export const DEMONSTRATING_CLAIMS = [moments, linear, stored, untouched, antipodal, biases, moreThanLinear];
