import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '#lib/base/matrix';
import { loss, type TiedModel } from '#lib/model/tied';
import { gram } from './gram.ts';
import { crossError, lossAnatomy, ownError, thomsonEnergy } from './one-sparse.ts';
import { digon, polygon, squareAntiprism, tegum } from './regular.ts';

const NODES = 20_000;
const integral = (f: (x: number) => number): number => {
  let sum = 0;
  for (let k = 0; k < NODES; k++) sum += f((k + 0.5) / NODES);
  return sum / NODES;
};
const anyOutput = fc.constantFrom('relu' as const, 'linear' as const);
const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const activate = (output: 'relu' | 'linear', o: number): number => (output === 'linear' ? o : Math.max(0, o));

test('both closed forms are their integrals, to 1e-6', () => {
  fc.assert(
    fc.property(between(0, 2), between(-2, 2), between(-2, 2), anyOutput, (a, c, b, output) => {
      expect(ownError(a, b, output)).toBeCloseTo(
        integral((x) => (x - activate(output, a * x + b)) ** 2),
        6,
      );
      expect(crossError(c, b, output)).toBeCloseTo(
        integral((x) => activate(output, c * x + b) ** 2),
        6,
      );
    }),
    { numRuns: 300, seed: 7 },
  );
});

/** Paper, "Mathematical Understanding", as re-derived: what is left per feature of k on a circle, of the 1/3 of one that is not stored. */
const CIRCLE = [
  [5, 0.015826, 1.1705, -0.2823],
  [6, 0.048192, 1.3205, -0.6181],
  [7, 0.083271, 1.4484, -0.9669],
  [8, 0.115546, 1.5504, -1.2912],
] as const;

test.each(CIRCLE)('of %i features on a circle %f is left', (k, residual, length, bias) => {
  const { W, n, m } = polygon(k, length);
  const rare = 1e-9;
  const b = new Float64Array(n).fill(bias);
  const importance = new Float64Array(n).fill(1);
  const { own, interference } = lossAnatomy(gram(W, { n, m }), b, { output: 'relu', density: rare, importance });
  expect(((at(own, 0) + at(interference, 0)) * n) / rare).toBeCloseTo(residual, 5);
});

test('it is the loss on samples of which none has two active features, to 1%', () => {
  const model: TiedModel = { n: 4, m: 2, output: 'relu' };
  const W = Float64Array.of(1.1, 0.1, -0.4, 0.9, -0.7, -0.6, 0.3, -0.2);
  const b = Float64Array.of(-0.2, 0.1, 0.05, 0.3);
  const importance = Float64Array.of(1, 0.7, 0.5, 0.3);
  const p = 0.3;
  const { resting, own, interference } = lossAnatomy(gram(W, model), b, { output: 'relu', density: p, importance });
  const total = [...resting, ...own, ...interference].reduce((sum, value) => sum + value);
  const samples = 4_000;
  const x = new Float64Array(samples * 4 * 4);
  for (let k = 0; k < samples * 4; k++) x[k * 4 + (k % 4)] = (Math.floor(k / 4) + 0.5) / samples;
  const none = loss(model, { W, b }, importance, new Float64Array(4));
  const single = loss(model, { W, b }, importance, x);
  const S = 1 - p;
  expect(total / (S ** 4 * none + 4 * p * S ** 3 * single)).toBeCloseTo(1, 2);
});

test('Thomson energies of regular arrangements', () => {
  const perFeature = ({ W, n, m }: { W: Float64Array; n: number; m: number }): number =>
    thomsonEnergy(gram(W, { n, m }), n) / n;
  expect(perFeature(polygon(4))).toBeCloseTo(0, 12);
  expect(perFeature(polygon(5))).toBeCloseTo(0.19098, 5);
  expect(perFeature(tegum(digon(), digon(), digon()))).toBe(0);
  expect(perFeature(squareAntiprism(0.5553))).toBeCloseTo(0.25548, 4);
});
