/** What the tests of both evaluators share: random weights, samples of a law, and gradients by differences. */
import { expect } from 'vitest';
import { square } from '#lib/base/ieee';
import { at } from '#lib/base/matrix';
import { draw, streamKey, toUnit } from '#lib/base/random';
import { normal } from '#lib/model/init';
import { forward, type TiedModel, type TiedWeights } from '#lib/model/tied';
import type { LossEvaluator, Problem } from './expected-loss.ts';
import type { Law } from './law.ts';

export const key = (seed: number): number => streamKey({ seed, cell: 0, replica: 0 }, 'evaluation', 0);

/** Weights of the size that models train to. */
export function randomWeights({ n, m }: TiedModel, seed: number): TiedWeights {
  const scale = 1 / Math.sqrt(m);
  return {
    W: Float64Array.from({ length: n * m }, (_, j) => scale * normal(key(seed), j)),
    b: Float64Array.from({ length: n }, (_, j) => 0.3 * normal(key(seed + 1), j)),
  };
}

/** x [samples, n] of any law, by the definition of the sets. */
export function sampleLaw(law: Law, n: number, samples: number, seed: number): Float64Array {
  const x = new Float64Array(samples * n);
  const bits = (stream: 'data' | 'group' | 'member', index: number): number =>
    toUnit(draw(streamKey({ seed, cell: 0, replica: 0 }, stream, 0), index));
  for (let sample = 0; sample < samples; sample++)
    law.forEach((set, s) => {
      if (bits('group', sample * law.length + s) >= set.density) return;
      const chosen = Math.floor(bits('member', sample * law.length + s) * set.members.length);
      set.members.forEach((member, place) => {
        if (set.kind === 'correlated' || place === chosen) x[sample * n + member] = bits('data', sample * n + member);
      });
    });
  return x;
}

/** Mean over samples of the loss, and its standard error. */
export function monteCarlo({ model, importance }: Problem, weights: TiedWeights, x: Float64Array): [number, number] {
  const { n } = model;
  const y = forward(model, weights, x);
  let [first, second] = [0, 0];
  for (let start = 0; start < x.length; start += n) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (importance[i] ?? NaN) * square(at(y, start + i) - at(x, start + i));
    first += sum / n;
    second += square(sum / n);
  }
  const samples = x.length / n;
  const mean = first / samples;
  return [mean, Math.sqrt(Math.max(0, second / samples - square(mean)) / samples)];
}

/** Largest difference to central differences, over the largest entry. */
export function gradientError(evaluator: LossEvaluator, seed: number): number {
  const { model } = evaluator.problem;
  const weights = randomWeights(model, seed);
  const gradient = { W: new Float64Array(model.n * model.m), b: new Float64Array(model.n) };
  expect(evaluator.lossAndGradient(weights, gradient)).toBeCloseTo(evaluator.loss(weights), 13);
  let [worst, largest] = [0, 0];
  const h = 1e-5;
  for (const tensor of ['W', 'b'] as const)
    gradient[tensor].forEach((value, j) => {
      const moved = (by: number): number => {
        const copy = { W: weights.W.slice(), b: weights.b.slice() };
        copy[tensor][j] = at(copy[tensor], j) + by;
        return evaluator.loss(copy);
      };
      worst = Math.max(worst, Math.abs((moved(h) - moved(-h)) / (2 * h) - value));
      largest = Math.max(largest, Math.abs(value));
    });
  return worst / largest;
}
