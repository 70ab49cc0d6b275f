import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { weightNames } from '#lib/model/toy';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { collect, createHost, lastCheckpoint, trainerContract } from '../trainer.contract.ts';
import { byAutodiff, byHand, tensorOf, type DeriveModel, type Gradient, type TensorWeights } from './gradients.ts';
import type { Tensor } from './tf.ts';
import type { TrainerHost } from '../trainer.ts';
import { createTfjsTrainer } from './trainer.ts';

// Thousands of small kernels, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

// A backend is chosen for the whole of tfjs, so one after the other.
describe.each(['cpu', 'wasm'])('backend %s', (backend) => {
  const engine = { name: `tfjs-${backend}`, device: 'a test' };
  beforeAll(async () => {
    await tf.setBackend(backend);
    await tf.ready();
  });

  trainerContract(`tfjs-${backend}`, () => createTfjsTrainer({ tf, engine }), { gradient: 1e-4, loss: 1e-4 });

  test('no tensor is left behind by a hundred runs that are stopped, left early or finished', async () => {
    const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 2, batch: 16, steps: 4 });
    const trainer = createTfjsTrainer({ tf, engine });
    await collect(trainer.train(spec, createHost()));
    const before = tf.memory().numTensors;
    for (let run = 0; run < 100; run++)
      await collect(trainer.train(spec, createHost({ target: 3, whenPaused: () => 'stop' })));
    for await (const event of trainer.train(spec, createHost())) if (event.type === 'metrics') break;
    expect(tf.memory().numTensors).toBe(before);
  });

  test('what would not fit is refused with what to change', () => {
    const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 10, replicas: 16, batch: 1_024 });
    const refusalWith = (memory: number): string | undefined => createTfjsTrainer({ tf, engine, memory }).refuses(spec);
    expect(refusalWith(1e9)).toBeUndefined();
    // 160 · 1,024 samples, of which each takes 48 bytes a feature and 20 a hidden dimension.
    expect(refusalWith(3e7)).toBe(
      'The tfjs engine would take 0.046 GB, and has 0.030 GB: take fewer replicas or a smaller batch.',
    );
    // 160 · 1,024 samples of 5 features.
    expect(createTfjsTrainer({ tf, engine, largest: 3.3e6 }).refuses(spec)).toBeUndefined();
    expect(createTfjsTrainer({ tf, engine, largest: 3.2e6 }).refuses(spec)).toBe(
      'A tensor of the tfjs engine would take 0.0033 GB, and has 0.0032 GB: take fewer replicas or a smaller batch.',
    );
  });

  test('gradients by hand and by automatic differentiation agree to 1e-5', async () => {
    await fc.assert(
      fc.asyncProperty(anyProblem, async ({ instances, batch, seed, ...model }) => {
        const { n, m } = model;
        const normal = (shape: [number, number, number], from: number) =>
          tf.randomNormal<tf.Rank.R3>(shape, 0, 1, 'float32', seed + from);
        const names = weightNames(model);
        const weights: TensorWeights = Object.fromEntries(
          names.map((name, i) => [name, normal(name === 'b' ? [instances, 1, n] : [instances, n, m], i)]),
        );
        const importances = Array.from({ length: n }, (_, i) => 1 / (1 + i));
        const given = { x: normal([instances, batch, n], 7), weight: tf.tensor3d(importances, [1, 1, n]) };
        const [hand, auto] = [byHand, byAutodiff].map((derive) => derive(tf, model).gradient(weights, given)) as [
          Gradient,
          Gradient,
        ];
        await expectClose(hand.loss, auto.loss);
        for (const name of names) await expectClose(tensorOf(hand.gradient, name), tensorOf(auto.gradient, name));
        for (const { loss, gradient } of [hand, auto]) tf.dispose([loss, ...Object.values(gradient)]);
        tf.dispose([...Object.values(given), ...Object.values(weights)]);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test.each(ORACLE)('a run by automatic differentiation is the one by hand, to 1e-5: %o', async (parameters) => {
    const spec = resolve({
      ...{ ...DEFAULT_PARAMETERS, n: 6, m: 3, densities: 2, densityTo: 0.2, replicas: 2, batch: 32, steps: 20 },
      ...parameters,
    });
    // Before the end, which evaluates.
    const stoppingAt12 = (): TrainerHost => createHost({ target: 12, whenPaused: () => 'stop' });
    const weightsBy = async (derive: DeriveModel): Promise<readonly Float32Array[]> =>
      lastCheckpoint(await collect(createTfjsTrainer({ tf, engine, derive }).train(spec, stoppingAt12()))).tensors.map(
        ({ data }) => data,
      );
    const [hand, auto] = [await weightsBy(byHand), await weightsBy(byAutodiff)];
    hand.forEach((values, tensor) => {
      values.forEach((value, i) => expect(Math.abs(value - (auto[tensor]?.[i] ?? NaN))).toBeLessThanOrEqual(1e-5));
    });
  });

  afterAll(() => tf.removeBackend(backend));
});

/** max|a − e| ≤ 1e-5 max|e| */
async function expectClose(actual: Tensor, expected: Tensor): Promise<void> {
  const wanted = await expected.data<'float32'>();
  const values = await actual.data<'float32'>();
  const errors = Array.from(values, (value, i) => Math.abs(value - (wanted[i] ?? NaN)));
  expect(Math.max(...errors)).toBeLessThanOrEqual(1e-5 * Math.max(...Array.from(wanted, Math.abs)));
}

/** Every model, and a batch whose rows are not filled by all instances. */
const ORACLE: readonly Partial<Parameters>[] = [
  { model: 'tied', hidden: 'relu', data: 'signed' },
  { model: 'untied', hidden: 'relu', target: 'abs', data: 'correlated', setSize: 2 },
  {
    model: 'untied',
    hidden: 'linear',
    output: 'linear',
    data: 'finite',
    examplesFrom: 7,
    examplesTo: 50,
    exampleCounts: 2,
  },
];

const activation = fc.constantFrom('relu' as const, 'linear' as const);
const anyProblem = fc.record({
  kind: fc.constantFrom('tied' as const, 'untied' as const),
  hidden: activation,
  target: fc.constantFrom('x' as const, 'abs' as const),
  instances: fc.integer({ min: 1, max: 4 }),
  n: fc.integer({ min: 1, max: 9 }),
  m: fc.integer({ min: 1, max: 5 }),
  batch: fc.integer({ min: 1, max: 20 }),
  output: activation,
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});
