import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { streamKey } from '#lib/base/random';
import { drawSamples } from '#lib/model/data';
import type { TiedModel } from '#lib/model/tied';
import { normal } from '#lib/model/init';
import { loss, lossAndGradient, zeroWeights, type ToyModel, type ToyWeights } from '#lib/model/toy';
import { BATCH_LANE_WEIGHTS } from './batch-lane.ts';
import { createKernel, type Batch, type TiedGradient } from './kernel.ts';

const models: fc.Arbitrary<TiedModel> = fc
  .record({ n: fc.integer({ min: 1, max: 24 }), m: fc.integer({ min: 1, max: 24 }) })
  .filter(({ n, m }) => n * m <= BATCH_LANE_WEIGHTS)
  .chain(({ n, m }) => fc.record({ n: fc.constant(n), m: fc.constant(m), output: fc.constantFrom('relu', 'linear') }));

const cases = fc.record({
  model: models,
  weights: fc.integer({ min: 0, max: 0xffffffff }),
  density: fc.oneof(fc.constant(1), fc.double({ min: 0.001, max: 1, noNaN: true })),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
  first: fc.integer({ min: 0, max: 10_000 }),
  count: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 3_000 })),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/**
 * Normal numbers of a key, exact in float32. Arbitrary floats would do no good: fast-check finds o_i that are zero but for
 * underflow, and there the gradient of a ReLU is anyone's guess.
 */
const numbers = (key: number, count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.fround(0.7 * normal(key, i)));

const weightsOf = ({ model: { n, m }, weights }: Case): TiedGradient => ({
  W: numbers(weights, n * m),
  b: numbers(weights ^ 1, n),
});
const importanceOf = ({ model: { n }, weights }: Case): Float64Array => numbers(weights ^ 2, n).map(Math.abs);

const samplesOf = ({ density, seed, first, count }: Case): Batch => ({
  key: streamKey({ seed, cell: 0, replica: 0 }, 'data', 0),
  density,
  first,
  count,
});

const toyOf = (model: TiedModel): ToyModel => ({ kind: 'tied', hidden: 'linear', target: 'x', ...model });
const asToy = ({ W, b }: TiedGradient): ToyWeights => ({ encoder: W, decoder: W, b });
const drawnFrom = (n: number, key: number, density: number) =>
  [
    { kind: 'independent', density: new Float64Array(n).fill(density) },
    { data: key, group: 0, member: 0, sign: 0 },
  ] as const;

interface Found {
  readonly loss: number;
  readonly gradient: TiedGradient;
}

function byReference(each: Case): Found {
  const { density, first, count } = each;
  const model = toyOf(each.model);
  const x = new Float64Array(count * model.n);
  drawSamples(x, ...drawnFrom(model.n, samplesOf(each).key, density), first);
  const gradient = zeroWeights(model);
  const value = lossAndGradient(model, asToy(weightsOf(each)), importanceOf(each), x, gradient);
  return { loss: value, gradient: { W: gradient.encoder, b: gradient.b } };
}

function byKernel(each: Case): Found {
  const kernel = createKernel(each.model);
  const { W, b } = weightsOf(each);
  kernel.load({ W: Float32Array.from(W), b: Float32Array.from(b), importance: importanceOf(each) });
  const gradient = { W: new Float64Array(W.length), b: new Float64Array(b.length) };
  kernel.gradient(samplesOf(each), gradient);
  return { loss: kernel.loss(samplesOf(each)), gradient };
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

describe('against lib/model in float64, over random shapes, weights, densities and counts', () => {
  test('gradients within 1e-5, loss within 1e-5', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const expected = byReference(each);
        const actual = byKernel(each);
        expect(relativeError(actual.gradient.W, expected.gradient.W)).toBeLessThan(1e-5);
        expect(relativeError(actual.gradient.b, expected.gradient.b)).toBeLessThan(1e-5);
        expect(Math.abs(actual.loss - expected.loss)).toBeLessThan(lossTolerance(expected.loss));
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  const model: TiedModel = { n: 5, m: 2, output: 'relu' };
  const base: Case = { model, weights: 1, density: 0.3, seed: 7, first: 0, count: 1024 };
  const named: readonly [name: string, change: Partial<Case>][] = [
    ...[1, 2, 3, 5, 1021, 1023, 1025, 2051].map((count): [string, Partial<Case>] => [`${count} samples`, { count }]),
    ['every feature active', { density: 1 }],
    ['every feature active, a count that fills no vector', { density: 1, count: 1021 }],
    ['hardly anything active', { density: 1e-3 }],
    ['nothing active', { density: 1e-9 }],
    ['a linear output', { model: { ...model, output: 'linear' } }],
    ['samples far into the stream', { first: 800_000_000 }],
  ];
  test.each(named)('%s: within 1e-5', (_, change) => {
    const each = { ...base, ...change };
    const expected = byReference(each);
    const actual = byKernel(each);
    expect(relativeError(actual.gradient.W, expected.gradient.W)).toBeLessThan(1e-5);
    expect(relativeError(actual.gradient.b, expected.gradient.b)).toBeLessThan(1e-5);
    expect(Math.abs(actual.loss - expected.loss)).toBeLessThan(lossTolerance(expected.loss));
  });
});

test('with W = 0 and b = 0 the loss is the mean of x², so the kernel draws the data of lib/model', () => {
  const model: TiedModel = { n: 3, m: 1, output: 'relu' };
  const kernel = createKernel(model);
  const importance = Float64Array.of(1, 1, 1);
  kernel.load({ W: new Float32Array(3), b: new Float32Array(3), importance });
  for (const density of [1, 0.5, 0.01]) {
    const samples = { key: 123_456_789, density, first: 17, count: 1_000 };
    const x = new Float64Array(3_000);
    drawSamples(x, ...drawnFrom(3, samples.key, density), samples.first);
    const meanSquare = loss(toyOf(model), zeroWeights(toyOf(model)), importance, x);
    expect(Math.abs(kernel.loss(samples) / meanSquare - 1)).toBeLessThan(1e-6);
  }
});
