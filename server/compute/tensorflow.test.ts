/** Training on TensorFlow, where `npm run setup:cuda` has installed it; elsewhere skipped, with the reason. */
import { describe, expect, test, vi } from 'vitest';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { uploadedBatches } from '#lib/engine/tfjs/batches';
import { createTfjsTrainer } from '#lib/engine/tfjs/trainer';
import type { Trainer } from '#lib/engine/trainer';
import { collect, createHost, finished, lastCheckpoint, trainerContract } from '#lib/engine/trainer.contract';
import type { Checkpoint } from '#lib/runs/events';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { breakdownOf, OUT_OF_MEMORY } from './breakdown.ts';
import { loadTensorFlow } from './tensorflow.ts';

vi.setConfig({ testTimeout: 300_000 });

const loaded = loadTensorFlow();

test('where it is not installed, says how to', () => {
  expect(loadTensorFlow('/nowhere')).toMatch(/^TensorFlow is not installed here: run npm run setup:cuda/);
});

if (typeof loaded === 'string') {
  process.stderr.write(`Training on TensorFlow is not tested: ${loaded}\n`);
  test.skip(`training on TensorFlow: ${loaded}`, () => undefined);
} else {
  const { tf, trainer, stepByStep } = loaded;
  trainerContract('tfjs-node, the loop in a graph', () => trainer, { gradient: 1e-4, loss: 1e-4 });
  trainerContract('tfjs-node, step by step', () => stepByStep, { gradient: 1e-4, loss: 1e-4 });

  const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 3, replicas: 2, batch: 101, steps: 150, seed: 3 });
  const upTo = async (each: Trainer, step: number, from?: Checkpoint): Promise<Checkpoint> =>
    lastCheckpoint(
      await collect(
        each.train(
          spec,
          createHost({ target: step, whenPaused: () => 'stop', ...(from === undefined ? {} : { from }) }),
        ),
      ),
    );
  const expectClose = (actual: Checkpoint, expected: Checkpoint, tolerance: number): void => {
    expect(actual.step).toBe(expected.step);
    actual.tensors.slice(0, 2).forEach(({ data }, tensor) => {
      const wanted = expected.tensors[tensor]?.data ?? [];
      data.forEach((value, i) => expect(Math.abs(value - (wanted[i] ?? NaN))).toBeLessThanOrEqual(tolerance));
    });
  };

  describe('the graph', () => {
    test('draws the data of every engine, and trains as step by step does, to 1e-5', async () => {
      const uploaded = createTfjsTrainer({ tf, engine: stepByStep.engine, openBatches: uploadedBatches });
      const expected = await upTo(uploaded, 100);
      expectClose(await upTo(stepByStep, 100), expected, 1e-5);
      expectClose(await upTo(trainer, 100), expected, 1e-5);
    });

    test('a checkpoint goes from fused to tfjs-node and back', async () => {
      const fused = createFusedTrainer({ workers: 0, spawn: () => expect.unreachable() });
      const there = await upTo(trainer, 100, await upTo(fused, 50));
      expectClose(await upTo(fused, 150, there), await upTo(fused, 150), 1e-4);
    });

    test('what TensorFlow says where it finds no memory is known for that', () => {
      let said = '';
      try {
        // 16 TB
        tf.tile(tf.ones([1, 1]), [2 ** 30, 2 ** 12]);
      } catch (error) {
        said = String(error);
      }
      expect(breakdownOf(said), said).toBe(OUT_OF_MEMORY);
    });

    test('no tensor is left behind by a thousand runs', async () => {
      const before = tf.memory().numTensors;
      for (let run = 0; run < 1_000; run++) await upTo(trainer, 3);
      expect(tf.memory().numTensors).toBe(before);
      finished(await collect(trainer.train(spec, createHost())));
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}
