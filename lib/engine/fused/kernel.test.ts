import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluationKeys, trainingKeys, drawSamples, type Distribution } from '#lib/model/data';
import { normal } from '#lib/model/init';
import {
  loss,
  lossAndGradient,
  weightNames,
  weightTensor,
  zeroWeights,
  type ToyModel,
  type ToyWeights,
} from '#lib/model/toy';
import { PORTABLE, RELAXED, type Arithmetic } from './arithmetic.ts';
import { createKernel } from './choose-kernel.ts';
import type { Batch } from './kernel.ts';
import { BATCH_LANE_WEIGHTS, type KernelShape } from './shape.ts';
import { hasRelaxed } from './wasm/instance.ts';

/** One batch of one model. */
interface Case {
  readonly model: ToyModel;
  /** Of the random numbers that are its weights and importances. */
  readonly weights: number;
  readonly distribution: Distribution;
  readonly uneven: boolean;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

const density = fc.oneof(fc.constant(1), fc.double({ min: 0.001, max: 1, noNaN: true }));
const dependences = fc.oneof(
  fc.constantFrom({ kind: 'independent' } as const, { kind: 'signed' } as const),
  fc.record({ kind: fc.constantFrom('correlated', 'anticorrelated'), setSize: fc.integer({ min: 1, max: 7 }) }),
  fc.record({ kind: fc.constant('finite'), examples: fc.integer({ min: 1, max: 60 }) }),
);

/** Of any model with any data, of up to so many features and hidden dimensions. */
const casesUpTo = (features: number, hidden: number, longest: number): fc.Arbitrary<Case> =>
  fc
    .record({
      model: fc.record({
        kind: fc.constantFrom('tied', 'untied'),
        hidden: fc.constantFrom('linear', 'relu'),
        output: fc.constantFrom('relu', 'linear'),
        target: fc.constantFrom('x', 'abs'),
        n: fc.integer({ min: 1, max: features }),
        m: fc.integer({ min: 1, max: hidden }),
      }),
      weights: fc.integer({ min: 0, max: 0xffffffff }),
      dependence: dependences,
      density,
      firstDensity: density,
      uneven: fc.boolean(),
      seed: fc.integer({ min: 0, max: 0xffffffff }),
      first: fc.integer({ min: 0, max: 10_000 }),
      count: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: longest })),
    })
    .map(({ dependence, density: p, firstDensity, ...rest }) => {
      const densities = new Float64Array(rest.model.n).fill(p);
      if (rest.uneven) densities[0] = firstDensity;
      return { ...rest, distribution: { ...dependence, density: densities } };
    });

/** The paper's first model on independent features of one density. */
const plainCases: fc.Arbitrary<Case> = casesUpTo(24, 24, 3_000)
  .filter(({ model: { n, m } }) => n * m <= BATCH_LANE_WEIGHTS)
  .map((each) => ({
    ...each,
    model: { ...each.model, kind: 'tied', hidden: 'linear', target: 'x' },
    distribution: {
      kind: 'independent',
      density: each.distribution.density.fill(each.distribution.density.at(-1) ?? 1),
    },
    uneven: false,
  }));

const shapeOf = ({ model, distribution, uneven }: Case): KernelShape => ({ model, data: distribution.kind, uneven });

/**
 * Normal numbers of a key, exact in float32. Arbitrary floats would do no good: fast-check finds o_i that are zero but for
 * underflow, and there the gradient of a ReLU is anyone's guess.
 */
const numbers = (key: number, count: number, deviation: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.fround(deviation * normal(key, i)));

function weightsOf({ model, weights }: Case): ToyWeights {
  const { n, m } = model;
  const deviation = 0.7 / Math.sqrt(Math.max(1, m / 8));
  const encoder = numbers(weights, n * m, deviation);
  const decoder = model.kind === 'tied' ? encoder : numbers(weights ^ 3, n * m, deviation);
  return { encoder, decoder, b: numbers(weights ^ 1, n, 0.7) };
}
const importanceOf = ({ model: { n }, weights }: Case): Float64Array => numbers(weights ^ 2, n, 0.7).map(Math.abs);

const batchOf = ({ distribution, seed, first, count }: Case): Batch => ({
  distribution,
  samples: { keys: trainingKeys({ seed, cell: 0, replica: 0 }, 0), first, count },
});

interface Found {
  readonly loss: number;
  readonly gradient: ToyWeights;
}

function byReference(each: Case): Found {
  const { model, distribution } = each;
  const { keys, first, count } = batchOf(each).samples;
  const x = new Float64Array(count * model.n);
  drawSamples(x, distribution, keys, first);
  const gradient = zeroWeights(model);
  return { loss: lossAndGradient(model, weightsOf(each), importanceOf(each), x, gradient), gradient };
}

function byKernel(each: Case, arithmetic: Arithmetic): Found & { readonly alone: number } {
  const kernel = createKernel(shapeOf(each), arithmetic);
  const { encoder, decoder, b } = weightsOf(each);
  const [E, D] = [Float32Array.from(encoder), Float32Array.from(decoder)];
  kernel.load({ encoder: E, decoder: D, b: Float32Array.from(b), importance: importanceOf(each) });
  const gradient = zeroWeights(each.model);
  kernel.gradient(batchOf(each), gradient);
  const again = zeroWeights(each.model);
  const value = kernel.lossAndGradient(batchOf(each), again);
  expect(again).toEqual(gradient);
  return { loss: value, gradient, alone: kernel.loss(batchOf(each)) };
}

/** max|a − b| / max|b| */
function relativeError(a: Float64Array, b: Float64Array): number {
  const greatest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = a.map((value, i) => value - (b[i] ?? NaN));
  return greatest(difference) / Math.max(greatest(b), 1e-12);
}

/**
 * A loss is a square: what float32 leaves of a residual r, about 1e-6 of the values that cancel in it, enters with 2r. With a single
 * sample that happens to be reconstructed well this is more than 1e-5 of the loss.
 */
const lossTolerance = (loss: number): number => 1e-5 * loss + 2e-6 * Math.sqrt(loss) + 1e-12;

function expectAgreement(each: Case, arithmetic: Arithmetic, tolerance: number): void {
  const expected = byReference(each);
  const actual = byKernel(each, arithmetic);
  for (const name of weightNames(each.model)) {
    const error = relativeError(weightTensor(actual.gradient, name), weightTensor(expected.gradient, name));
    expect(error, `gradient of ${name}`).toBeLessThan(tolerance);
  }
  expect(Math.abs(actual.loss - expected.loss)).toBeLessThan(lossTolerance(expected.loss));
  expect(Math.abs(actual.alone - expected.loss)).toBeLessThan(lossTolerance(expected.loss));
}

// Node 20 has it behind a flag, which is taken until the first kernel is compiled.
if (!hasRelaxed()) setFlagsFromString('--experimental-wasm-relaxed-simd');
const arithmetics: readonly [string, Arithmetic][] = [
  ['portable', PORTABLE],
  ...(hasRelaxed() ? ([['relaxed', RELAXED]] as [string, Arithmetic][]) : []),
];

describe.each(arithmetics)(
  '%s, against lib/model in float64, over random weights, densities and counts',
  (_, arithmetic) => {
    test('the paper’s first model: gradients within 1e-5, loss within 1e-5', () => {
      fc.assert(
        fc.property(plainCases, (each) => expectAgreement(each, arithmetic, 1e-5)),
        { numRuns: 60, seed: 1 },
      );
    });

    test('any small model on any data: gradients within 1e-4, loss within 1e-5', () => {
      fc.assert(
        fc.property(casesUpTo(20, 12, 300), (each) => expectAgreement(each, arithmetic, 1e-4)),
        { numRuns: 80, seed: 1 },
      );
    });

    test('any large model on any data: gradients within 1e-4, loss within 1e-5', () => {
      fc.assert(
        fc.property(casesUpTo(210, 140, 90), (each) => expectAgreement(each, arithmetic, 1e-4)),
        { numRuns: 24, seed: 1 },
      );
    });

    const model: ToyModel = { kind: 'tied', hidden: 'linear', target: 'x', n: 5, m: 2, output: 'relu' };
    const base: Case = {
      ...{ model, weights: 1, seed: 7, first: 0, count: 1024, uneven: false },
      distribution: { kind: 'independent', density: new Float64Array(5).fill(0.3) },
    };
    const dense = (n: number, p: number): Pick<Case, 'distribution'> => ({
      distribution: { kind: 'independent', density: new Float64Array(n).fill(p) },
    });
    const large = { model: { ...model, n: 130, m: 9 }, ...dense(130, 0.1) };
    /** The last is just beyond those whose sums are loops over the features, with two to four groups of samples at once. */
    const looped = (
      [
        [20, 5],
        [17, 6],
        [43, 2],
        [128, 1],
        [16, 7],
      ] as const
    ).flatMap(([n, m]) =>
      [1, 203, 1021].flatMap((count) =>
        [1, 1e-3].map((p): [string, Partial<Case>] => [
          `n = ${n}, m = ${m}, p = ${p}, ${count} samples`,
          { model: { ...model, n, m }, ...dense(n, p), count },
        ]),
      ),
    );
    const named: readonly [name: string, change: Partial<Case>][] = [
      ...[1, 2, 3, 5, 1021, 1023, 1025, 2051].map((count): [string, Partial<Case>] => [`${count} samples`, { count }]),
      ...[1, 3, 1021].map((count): [string, Partial<Case>] => [`130 features, ${count} samples`, { ...large, count }]),
      ['every feature active', dense(5, 1)],
      ['every feature active, a count that fills no vector', { ...dense(5, 1), count: 1021 }],
      ['hardly anything active', dense(5, 1e-3)],
      ['nothing active', dense(5, 1e-9)],
      ['130 features, every one active', { ...large, ...dense(130, 1) }],
      ['130 features, hardly anything active', { ...large, ...dense(130, 1e-4) }],
      ['130 features, nothing active', { ...large, ...dense(130, 1e-11) }],
      ...looped,
      ['a linear output', { model: { ...model, output: 'linear' } }],
      ['samples far into the stream', { first: 800_000_000 }],
    ];
    test.each(named)('%s: within 1e-5', (_each, change) => {
      expectAgreement({ ...base, ...change }, arithmetic, 1e-5);
    });
  },
);

test.each([3, 200])(
  'with %d features, W = 0 and b = 0 the loss is the mean of x², so the kernel draws the data of lib/model',
  (n) => {
    const model: ToyModel = { kind: 'tied', hidden: 'linear', target: 'x', n, m: 1, output: 'relu' };
    const kernel = createKernel({ model, data: 'independent', uneven: false }, PORTABLE);
    const importance = new Float64Array(n).fill(1);
    kernel.load({ encoder: new Float32Array(n), decoder: new Float32Array(n), b: new Float32Array(n), importance });
    for (const p of [1, 0.5, 0.01]) {
      const distribution: Distribution = { kind: 'independent', density: new Float64Array(n).fill(p) };
      const samples = { keys: evaluationKeys(), first: 17, count: 1_000 };
      const x = new Float64Array(n * samples.count);
      drawSamples(x, distribution, samples.keys, samples.first);
      const meanSquare = loss(model, zeroWeights(model), importance, x);
      expect(Math.abs(kernel.loss({ distribution, samples }) / meanSquare - 1)).toBeLessThan(1e-6);
    }
  },
);
