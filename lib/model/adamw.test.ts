import fc from 'fast-check';
import { expect, test } from 'vitest';
import { at } from '#lib/base/matrix';
import { nextPowers, powersAfter, update, type AdamW, type Trained } from './adamw.ts';

const optimizer: AdamW = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };

const fresh = (...value: number[]): Trained => ({
  value: Float64Array.from(value),
  first: new Float64Array(value.length),
  second: new Float64Array(value.length),
});

test('the first update moves every number by the learning rate against its gradient, and decays it', () => {
  const tensor = fresh(1, -2, 3);
  update(tensor, Float64Array.of(0.5, -1e-3, 0), optimizer, 1, powersAfter(1, optimizer));
  expect(at(tensor.value, 0)).toBeCloseTo(1 * 0.999 - 0.1, 8);
  expect(at(tensor.value, 1)).toBeCloseTo(-2 * 0.999 + 0.1, 5);
  expect(at(tensor.value, 2)).toBe(3 * (1 - 0.1 * 0.01));
  expect(at(tensor.first, 0)).toBeCloseTo(0.05, 15);
  expect(at(tensor.second, 0)).toBeCloseTo(0.00025, 15);
});

test('a second update, by hand: m̂ = .29/.19, v̂ = …', () => {
  const tensor = fresh(1);
  update(tensor, Float64Array.of(1), optimizer, 1, powersAfter(1, optimizer));
  update(tensor, Float64Array.of(2), optimizer, 1, powersAfter(2, optimizer));
  const first = 0.9 * 0.1 + 0.1 * 2;
  const second = 0.999 * 0.001 + 0.001 * 4;
  const afterOne = 0.999 - 0.1 / (1 + 1e-8);
  const direction = first / 0.19 / (Math.sqrt(second / (1 - 0.998001)) + 1e-8);
  expect(at(tensor.value, 0)).toBeCloseTo(afterOne * 0.999 - 0.1 * direction, 13);
});

test("agrees with the closed form of Adam's moments, Σ (1 − β) β^(t−s) g_s, to 1e-12", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 30 }), (gradients) => {
      const tensor = fresh(0.3);
      gradients.forEach((g, t) => {
        update(tensor, Float64Array.of(g), optimizer, 1, powersAfter(t + 1, optimizer));
      });
      const moment = (beta: number, of: (g: number) => number): number =>
        gradients.reduce((sum, g, s) => sum + (1 - beta) * beta ** (gradients.length - 1 - s) * of(g), 0);
      expect(at(tensor.first, 0)).toBeCloseTo(
        moment(0.9, (g) => g),
        12,
      );
      expect(at(tensor.second, 0)).toBeCloseTo(
        moment(0.999, (g) => g * g),
        12,
      );
    }),
  );
});

test('without gradient, only weight decay is left, scaled by the schedule', () => {
  const tensor = fresh(2);
  update(tensor, Float64Array.of(0), optimizer, 0.5, powersAfter(1, optimizer));
  expect(at(tensor.value, 0)).toBe(2 * (1 - 0.05 * 0.01));
});

test('powers continued are the bits of powers never interrupted', () => {
  let powers = powersAfter(0, optimizer);
  for (let t = 0; t < 1000; t++) powers = nextPowers(powers, optimizer);
  expect(powers).toEqual(powersAfter(1000, optimizer));
  expect(powers.beta2).toBeCloseTo(0.999 ** 1000, 12);
});
