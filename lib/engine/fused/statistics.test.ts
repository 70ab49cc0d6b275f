import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { collect, createHost, finished } from '../trainer.contract.ts';
import { createFusedTrainer } from './trainer.ts';

/** Of 50 models in PyTorch, with the notebook's loop; the error is the mean's. */
const PYTORCH = { mean: 0.0048, error: 0.00009 };

test('the final loss of 50 models after 4,000 steps is PyTorch’s, within four errors of a difference', async () => {
  const spec = resolve({
    ...DEFAULT_PARAMETERS,
    ...{ n: 5, m: 2, importanceBase: 0.9, densityFrom: 0.1, densityTo: 0.1, densities: 1 },
    ...{ replicas: 50, batch: 1_024, steps: 4_000, schedule: 'constant', seed: 0 },
  });
  const neverSpawns = (): never => {
    throw new Error('no worker is needed');
  };
  const trainer = createFusedTrainer({ workers: 0, spawn: neverSpawns });
  const { evaluationLoss } = finished(await collect(trainer.train(spec, createHost())));
  expect(evaluationLoss).toHaveLength(50);
  const mean = evaluationLoss.reduce((sum, loss) => sum + loss, 0) / 50;
  // Both means are of 50 models, so that their difference spreads by √2 of one's error: four of them.
  expect(Math.abs(mean - PYTORCH.mean)).toBeLessThan(4 * Math.SQRT2 * PYTORCH.error);
}, 120_000);
