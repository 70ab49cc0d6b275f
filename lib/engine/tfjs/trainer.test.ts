import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { collect, createHost, trainerContract } from '../trainer.contract.ts';
import { byAutodiff, byHand, type Gradient, type TensorWeights } from './gradients.ts';
import { createTfjsTrainer } from './trainer.ts';

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
    // 48 bytes for each of 160 · 1,024 · 5.
    expect(refusalWith(3e7)).toBe(
      'The tfjs engine would take 0.039 GB, and has 0.030 GB: take fewer replicas or a smaller batch.',
    );
  });

  test('gradients by hand and by automatic differentiation agree to 1e-5', async () => {
    await fc.assert(
      fc.asyncProperty(anyProblem, async ({ instances, n, m, batch, output, seed }) => {
        const normal = (shape: [number, number, number], from: number) =>
          tf.randomNormal<tf.Rank.R3>(shape, 0, 1, 'float32', seed + from);
        const weights: TensorWeights = { W: normal([instances, n, m], 0), b: normal([instances, 1, n], 1) };
        const x = normal([instances, batch, n], 2);
        const importance = tf.tensor1d(Array.from({ length: n }, (_, i) => 1 / (1 + i)));
        const [hand, auto] = [byHand, byAutodiff].map((derive) =>
          derive(tf, output, importance).gradient(weights, x),
        ) as [Gradient, Gradient];
        for (const name of ['W', 'b', 'loss'] as const) {
          const expected = await auto[name].data<'float32'>();
          const actual = await hand[name].data<'float32'>();
          const scale = Math.max(...Array.from(expected, Math.abs));
          const errors = Array.from(actual, (value, i) => Math.abs(value - (expected[i] ?? NaN)));
          expect(Math.max(...errors)).toBeLessThanOrEqual(1e-5 * scale);
        }
        for (const each of [weights, hand, auto]) tf.dispose({ ...each });
        tf.dispose([x, importance]);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  afterAll(() => tf.removeBackend(backend));
});

const anyProblem = fc.record({
  instances: fc.integer({ min: 1, max: 4 }),
  n: fc.integer({ min: 1, max: 9 }),
  m: fc.integer({ min: 1, max: 5 }),
  batch: fc.integer({ min: 1, max: 20 }),
  output: fc.constantFrom('relu' as const, 'linear' as const),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});
