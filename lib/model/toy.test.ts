import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '#lib/base/matrix';
import { mix } from '#lib/base/random';
import { drawSamples } from './data.ts';
import { normal } from './init.ts';
import {
  forward,
  loss,
  lossAndGradient,
  toyWeights,
  weightNames,
  weightSize,
  zeroWeights,
  type ToyModel,
  type ToyWeights,
} from './toy.ts';

const TIED = { kind: 'tied', hidden: 'linear', target: 'x' } as const;
const tied = (W: Float64Array, b: Float64Array): ToyWeights => ({ encoder: W, decoder: W, b });

function randomWeights(model: ToyModel, key: number): ToyWeights {
  const names = weightNames(model);
  return toyWeights(model, (name) =>
    Float64Array.from(
      { length: weightSize(model, name) },
      (_, i) => (name === 'b' ? 0.2 : 0.7) * normal(key ^ names.indexOf(name), i),
    ),
  );
}

function batch({ n, target }: ToyModel, samples: number, key: number, density: number): Float64Array {
  const x = new Float64Array(samples * n);
  const each = new Float64Array(n).fill(density);
  const keys = { data: key, group: key, member: key, sign: key ^ 1 };
  drawSamples(x, { kind: target === 'abs' ? 'signed' : 'independent', density: each }, keys);
  return x;
}

describe('by hand, W1 = (1, −1), W2 = (1, 2), b = (0, .5), x = (.5, 1), h = −.5 before the activation', () => {
  const weights = { encoder: Float64Array.of(1, -1), decoder: Float64Array.of(1, 2), b: Float64Array.of(0, 0.5) };
  const x = Float64Array.of(0.5, 1);
  const untied = { kind: 'untied', n: 2, m: 1, output: 'relu', target: 'x' } as const;

  test('linear hidden layer: o = (−.5, −.5)', () => {
    expect([...forward({ ...untied, hidden: 'linear' }, weights, x)]).toEqual([0, 0]);
  });

  test('ReLU hidden layer: h = 0, o = (0, .5)', () => {
    expect([...forward({ ...untied, hidden: 'relu' }, weights, x)]).toEqual([0, 0.5]);
  });

  test('towards |x|: of x = (−.5, 0), h = −.5, W2 = (−1, 0) is .5, the loss 0', () => {
    const mirrored = { ...weights, decoder: Float64Array.of(-1, 0), b: Float64Array.of(0, 0) };
    const model = { ...untied, hidden: 'linear', target: 'abs' } as const;
    expect(loss(model, mirrored, Float64Array.of(1, 1), Float64Array.of(-0.5, 0))).toBe(0);
  });
});

describe('by hand, n = 2, m = 1, W = (1, −1), x = (0.5, 0)', () => {
  const weights = tied(Float64Array.of(1, -1), Float64Array.of(0, 0.1));
  const x = Float64Array.of(0.5, 0);
  const importance = Float64Array.of(1, 0.5);

  test('ReLU: o = (.5, −.4), so x is recovered and the loss is 0', () => {
    const model = { ...TIED, n: 2, m: 1, output: 'relu' } as const;
    expect([...forward(model, weights, x)]).toEqual([0.5, 0]);
    expect(loss(model, weights, importance, x)).toBe(0);
  });

  test('linear: the second output is −.4, so the loss is .5 · .16 / 2', () => {
    const model = { ...TIED, n: 2, m: 1, output: 'linear' } as const;
    expect(at(forward(model, weights, x), 1)).toBeCloseTo(-0.4, 15);
    expect(loss(model, weights, importance, x)).toBeCloseTo(0.04, 15);
  });
});

/**
 * How far `derivative` is from the differences of `at` to both sides of 0. Between the two it is right: where a ReLU opens within a
 * step, they differ, and the derivative is that of one side; where only the curvature jumps, both are off by the step's size.
 */
function outside(derivative: number, at: (h: number) => number): number {
  const h = 1e-7;
  const [left, right] = [(at(0) - at(-h)) / h, (at(h) - at(0)) / h];
  return Math.max(Math.min(left, right) - derivative, derivative - Math.max(left, right), 0);
}

const cases = fc.record({
  kind: fc.constantFrom('tied' as const, 'untied' as const),
  hidden: fc.constantFrom('relu' as const, 'linear' as const),
  target: fc.constantFrom('x' as const, 'abs' as const),
  n: fc.integer({ min: 1, max: 7 }),
  m: fc.integer({ min: 1, max: 4 }),
  output: fc.constantFrom('relu' as const, 'linear' as const),
  density: fc.double({ min: 0.05, max: 1, noNaN: true }),
  base: fc.double({ min: 0.3, max: 1, noNaN: true }),
  key: fc.integer({ min: 0, max: 0xffffffff }),
});

test('the gradient is that of finite differences, to 1e-6 of its largest entry or of 0.0001', () => {
  fc.assert(
    fc.property(cases, ({ density, base, key, ...model }) => {
      const weights = randomWeights(model, key);
      const importance = Float64Array.from({ length: model.n }, (_, i) => base ** i);
      const x = batch(model, 9, key, density);
      const gradient = zeroWeights(model);
      const value = lossAndGradient(model, weights, importance, x, gradient);
      expect(value).toBeCloseTo(loss(model, weights, importance, x), 14);
      // Of a tied model, whose matrices are one array, both move together.
      for (const tensor of new Set([weights.encoder, weights.decoder, weights.b])) {
        const derivative =
          tensor === weights.b ? gradient.b : tensor === weights.encoder ? gradient.encoder : gradient.decoder;
        // Below that a difference of two losses is mostly rounding.
        const scale = Math.max(1e-4, ...derivative.map(Math.abs));
        derivative.forEach((entry, i) => {
          const moved = (h: number): number => {
            const before = at(tensor, i);
            tensor[i] = before + h;
            const value = loss(model, weights, importance, x);
            tensor[i] = before;
            return value;
          };
          expect(outside(entry, moved) / scale).toBeLessThan(1e-6);
        });
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('a closed output has no gradient', () => {
  const model = { ...TIED, n: 2, m: 1, output: 'relu' } as const;
  const weights = tied(Float64Array.of(0, 0), Float64Array.of(-1, -1));
  const gradient = zeroWeights(model);
  const value = lossAndGradient(model, weights, Float64Array.of(1, 1), Float64Array.of(0.5, 1), gradient);
  expect(value).toBe((0.25 + 1) / 2);
  expect([...gradient.encoder, ...gradient.b]).toEqual([0, 0, 0, 0]);
});

test('pentagon at p = .05 with equal importance: loss 1.781e-3 (paper row 6), to 1%', () => {
  const model = { ...TIED, n: 5, m: 2, output: 'relu' } as const;
  const turn = (i: number): number => (2 * Math.PI * i) / 5;
  const W = Float64Array.from(
    { length: 10 },
    (_, j) => 1.136 * (j % 2 === 0 ? Math.cos(turn(j >> 1)) : Math.sin(turn(j >> 1))),
  );
  const weights = tied(W, new Float64Array(5).fill(-0.248));
  const importance = new Float64Array(5).fill(1);
  const value = loss(model, weights, importance, batch(model, 2_000_000, mix(3), 0.05));
  expect(value / 1.781e-3).toBeGreaterThan(0.99);
  expect(value / 1.781e-3).toBeLessThan(1.01);
});
