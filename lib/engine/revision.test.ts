import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { createFusedTrainer } from './fused/trainer.ts';
import { revisionOf, trainedRevision, withRevision } from './revision.ts';
import { collect, createHost } from './trainer.contract.ts';

const UNTIED = { model: 'untied', hidden: 'relu' } as const;

/** Of each: the revision, and the first digits of the weights' hash after 20 steps. Links of a revision are held to its bits. */
const PINNED: readonly (readonly [name: string, Partial<Parameters>, revision: number, hash: string])[] = [
  ['batch-lane', { n: 5, m: 2 }, 1, '93aeec40f8ba'],
  ['batch-lane, over the features', { n: 20, m: 5, densityTo: 0.05 }, 1, '507e04aba5b3'],
  ['batch-lane, sparse', { n: 2, m: 1, densityFrom: 0.1, densityTo: 0.01 }, 1, '0e46faef3f98'],
  ['batch-lane, many features', { n: 43, m: 2, densityTo: 0.01, batch: 203 }, 1, 'f5fc85616e0b'],
  // The same bits as of revision 1, but a live change of density may turn it to pairs.
  ['hidden-lane, densely', { n: 40, m: 7, densityTo: 0.7 }, 2, '05ef0c328d53'],
  ['hidden-lane, by pairs', { n: 40, m: 7, densityFrom: 0.1, densityTo: 0.01 }, 2, '4ae41fa4fc43'],
  ['hidden-lane, by lists', { n: 40, m: 7, hidden: 'relu', densityFrom: 0.3, densityTo: 0.1 }, 1, 'fb9e5f07669c'],
  ['many features, densely', { n: 300, m: 5, densityTo: 0.7 }, 1, '80fc043fc0e3'],
  ['many features, by lists', { n: 300, m: 5, densityFrom: 0.2, densityTo: 0.05 }, 1, 'f93c2c8e1067'],
  ['untied, two chunks, two segments', { ...UNTIED, n: 90, m: 30, densityTo: 0.2 }, 1, 'ac611b9e4f09'],
  ['untied, signed', { ...UNTIED, n: 37, m: 13, data: 'signed', densityTo: 0.3 }, 1, 'a8f77f6f7be0'],
  [
    'a finite set',
    { n: 50, m: 9, hidden: 'relu', data: 'finite', densityFrom: 0.3, densityTo: 0.1 },
    1,
    '9ae7d47638ea',
  ],
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

test('a run keeps the revision that trained it; one that tells none is of the first', () => {
  const spec = resolve({ ...DEFAULT_PARAMETERS, n: 40, m: 7 });
  const engine = { name: 'fused-wasm', device: 'one thread' };
  expect(withRevision(engine, spec)).toEqual({ ...engine, revision: 2 });
  expect(trainedRevision(withRevision(engine, spec), spec)).toBe(2);
  expect(trainedRevision(engine, spec)).toBe(1);
  expect(trainedRevision({ ...engine, revision: null }, spec)).toBeNull();
  const elsewhere = { name: 'fused-webgpu', device: 'a card' };
  expect(withRevision(elsewhere, spec)).toEqual(elsewhere);
  expect(trainedRevision(elsewhere, spec)).toBeNull();
});
