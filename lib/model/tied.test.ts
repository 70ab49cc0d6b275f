import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '#lib/base/matrix';
import { mix } from '#lib/base/random';
import { sampleBatch } from './data.ts';
import { normal } from './init.ts';
import { forward, loss, lossAndGradient, type TiedModel, type TiedWeights } from './tied.ts';

const zeros = ({ n, m }: TiedModel): TiedWeights => ({ W: new Float64Array(n * m), b: new Float64Array(n) });

const randomWeights = ({ n, m }: TiedModel, key: number): TiedWeights => ({
  W: Float64Array.from({ length: n * m }, (_, i) => 0.7 * normal(key, i)),
  b: Float64Array.from({ length: n }, (_, i) => 0.2 * normal(key ^ 1, i)),
});

function batch({ n }: TiedModel, samples: number, key: number, density: number): Float64Array {
  const x = new Float64Array(samples * n);
  sampleBatch(x, n, key, density);
  return x;
}

describe('by hand, n = 2, m = 1, W = (1, −1), x = (0.5, 0)', () => {
  const weights = { W: Float64Array.of(1, -1), b: Float64Array.of(0, 0.1) };
  const x = Float64Array.of(0.5, 0);
  const importance = Float64Array.of(1, 0.5);

  test('ReLU: o = (.5, −.4), so x is recovered and the loss is 0', () => {
    const model = { n: 2, m: 1, output: 'relu' } as const;
    expect([...forward(model, weights, x)]).toEqual([0.5, 0]);
    expect(loss(model, weights, importance, x)).toBe(0);
  });

  test('linear: the second output is −.4, so the loss is .5 · .16 / 2', () => {
    const model = { n: 2, m: 1, output: 'linear' } as const;
    expect(at(forward(model, weights, x), 1)).toBeCloseTo(-0.4, 15);
    expect(loss(model, weights, importance, x)).toBeCloseTo(0.04, 15);
  });
});

/** Central difference of the loss along entry i of one tensor. */
function difference(at: (h: number) => number): number {
  const h = 1e-6;
  return (at(h) - at(-h)) / (2 * h);
}

const cases = fc.record({
  n: fc.integer({ min: 1, max: 7 }),
  m: fc.integer({ min: 1, max: 4 }),
  output: fc.constantFrom('relu' as const, 'linear' as const),
  density: fc.double({ min: 0.05, max: 1, noNaN: true }),
  base: fc.double({ min: 0.3, max: 1, noNaN: true }),
  key: fc.integer({ min: 0, max: 0xffffffff }),
});

test('the gradient is that of central differences, to 1e-6 of its largest entry', () => {
  fc.assert(
    fc.property(cases, ({ density, base, key, ...model }) => {
      const weights = randomWeights(model, key);
      const importance = Float64Array.from({ length: model.n }, (_, i) => base ** i);
      const x = batch(model, 9, key, density);
      const gradient = zeros(model);
      const value = lossAndGradient(model, weights, importance, x, gradient);
      expect(value).toBeCloseTo(loss(model, weights, importance, x), 14);
      for (const name of ['W', 'b'] as const) {
        const scale = Math.max(1e-3, ...gradient[name].map(Math.abs));
        gradient[name].forEach((entry, i) => {
          const moved = (h: number): number => {
            const tensor = weights[name].with(i, at(weights[name], i) + h);
            return loss(model, { ...weights, [name]: tensor }, importance, x);
          };
          expect(Math.abs(entry - difference(moved)) / scale).toBeLessThan(1e-6);
        });
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('a closed output has no gradient', () => {
  const model = { n: 2, m: 1, output: 'relu' } as const;
  const weights = { W: Float64Array.of(0, 0), b: Float64Array.of(-1, -1) };
  const gradient = zeros(model);
  const value = lossAndGradient(model, weights, Float64Array.of(1, 1), Float64Array.of(0.5, 1), gradient);
  expect(value).toBe((0.25 + 1) / 2);
  expect([...gradient.W, ...gradient.b]).toEqual([0, 0, 0, 0]);
});

test('pentagon at p = .05 with equal importance: loss 1.781e-3 (paper row 6), to 1%', () => {
  const model = { n: 5, m: 2, output: 'relu' } as const;
  const turn = (i: number): number => (2 * Math.PI * i) / 5;
  const W = Float64Array.from(
    { length: 10 },
    (_, j) => 1.136 * (j % 2 === 0 ? Math.cos(turn(j >> 1)) : Math.sin(turn(j >> 1))),
  );
  const weights = { W, b: new Float64Array(5).fill(-0.248) };
  const importance = new Float64Array(5).fill(1);
  const value = loss(model, weights, importance, batch(model, 2_000_000, mix(3), 0.05));
  expect(value / 1.781e-3).toBeGreaterThan(0.99);
  expect(value / 1.781e-3).toBeLessThan(1.01);
});
