import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { createFusedTrainer } from './fused/trainer.ts';
import { revisionOf } from './revision.ts';
import { collect, createHost } from './trainer.contract.ts';

/** Of each: the revision, and the first digits of the weights' hash after 20 steps. Links of a revision are held to its bits. */
const PINNED: readonly (readonly [name: string, Partial<Parameters>, revision: number, hash: string])[] = [
  ['batch-lane', { n: 5, m: 2 }, 1, '93aeec40f8ba'],
  ['hidden-lane, densely', { n: 40, m: 7, densityTo: 0.7 }, 2, '05ef0c328d53'],
  ['hidden-lane, by lists', { n: 40, m: 7, hidden: 'relu', densityFrom: 0.3, densityTo: 0.1 }, 2, 'fb9e5f07669c'],
  ['hidden-lane, by pairs', { n: 40, m: 7, densityFrom: 0.1, densityTo: 0.01 }, 2, '4ae41fa4fc43'],
];

test.each(PINNED)('%s: whoever changes a bit changes the revision', async (_, shape, revision, hash) => {
  const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 1, batch: 100, steps: 20, ...shape });
  const trainer = createFusedTrainer({
    workers: 0,
    spawn: () => {
      throw new Error('no worker is needed');
    },
  });
  const last = (await collect(trainer.train(spec, createHost()))).at(-1);
  expect(revisionOf(trainer.engine.name, spec)).toBe(revision);
  expect(last).toMatchObject({
    type: 'finished',
    weightsHash: expect.stringMatching(new RegExp(`^${hash}`)) as string,
  });
});
