import { setFlagsFromString } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import { cellOf, instanceCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import type { SpecChange } from '#lib/spec/change';
import { resolve } from '#lib/spec/resolve';
import { hasRelaxed } from './wasm/instance.ts';
import { collect, createHost, finished, trainerContract } from '../trainer.contract.ts';
import { costOfStep } from './cost.ts';
import type { Port, WorkerPort } from './port.ts';
import { serveSlices } from './protocol.ts';
import { shapeOf } from './shape.ts';
import { splitByCost } from './split.ts';
import { createFusedTrainer, type FusedTrainer } from './trainer.ts';

const neverSpawns = (): never => {
  throw new Error('no worker is needed');
};
const createInline = (): FusedTrainer => createFusedTrainer({ workers: 0, spawn: neverSpawns });

// Float32 within a batch. 3e-5 and not 1e-5 for models that rebuild the one active sample of a small batch almost perfectly: the
// gradient is then the small difference of two large numbers. At batch 1,024 it is below 1e-6.
trainerContract('fused-wasm', createInline, { gradient: 3e-5, loss: 1e-5 });
// Node 20 has it behind a flag, which is taken until the first kernel is compiled.
if (!hasRelaxed()) setFlagsFromString('--experimental-wasm-relaxed-simd');
const { relaxed } = createInline();
describe.skipIf(relaxed === undefined)('with relaxed SIMD', () => {
  trainerContract('fused-wasm+relaxed', () => present(createInline().relaxed, 'relaxed SIMD'), {
    gradient: 3e-5,
    loss: 1e-5,
  });
});

/** A worker that lives in this thread, behind a channel that copies as a real one does. */
function spawnBehindChannel(): WorkerPort {
  const { port1: ours, port2: theirs } = new MessageChannel();
  const portOf = (end: typeof ours): Port => ({
    post: (message) => {
      end.postMessage(message);
    },
    onMessage: (receive) => end.on('message', receive),
  });
  serveSlices(portOf(theirs));
  return { ...portOf(ours), onFailure: () => undefined, terminate: () => ours.close() };
}

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 4, replicas: 2, batch: 101, steps: 60, seed: 3 });

/** Of `spec`, on any machine, in any browser, over any number of workers. */
const GOLDEN = '5d4e2d501465b2d40e6335cad4df315d654ca9519920a8d5fce4ab35becf92f5';

/** The same, of models beyond the batch-lane kernel: a large one, and another kind of model on another kind of data. */
const OTHERS: readonly [string, Partial<Parameters>, string][] = [
  [
    'n = 130, m = 37',
    { n: 130, m: 37, densityTo: 0.02 },
    '02d72da4767bd5852e9c13c9fd19e858c805a515a3726ce1ea115ce6cd8aa499',
  ],
  [
    'untied, |x|, signed',
    { n: 12, m: 7, model: 'untied', hidden: 'relu', target: 'abs', data: 'signed' },
    'cb8aa6012d086d635348832c00d6f863f300f885e564f41ad5a0d3b5689194e8',
  ],
  [
    'a finite set',
    { n: 40, m: 2, data: 'finite', examplesFrom: 20, examplesTo: 400, exampleCounts: 3 },
    'dbcf9c5b071ca6d05a08712f60e5e6cab7863a6e59a98ac69bef19085bb0f81d',
  ],
];

describe('the same bits', () => {
  test('in this thread', async () => {
    expect(finished(await collect(createInline().train(spec, createHost()))).weightsHash).toBe(GOLDEN);
  });

  test.each(OTHERS)('of %s, in this thread and over two workers', async (_, parameters, golden) => {
    const other = resolve({
      ...DEFAULT_PARAMETERS,
      densities: 3,
      replicas: 1,
      batch: 101,
      steps: 40,
      seed: 3,
      ...parameters,
    });
    const trainer = createFusedTrainer({ workers: 2, spawn: spawnBehindChannel });
    for (const each of [createInline(), trainer])
      expect(finished(await collect(each.train(other, createHost()))).weightsHash).toBe(golden);
    trainer.close();
  });

  test.each([1, 2, 3, 16])('over %i workers', async (workers) => {
    const trainer = createFusedTrainer({ workers, spawn: spawnBehindChannel });
    const first = finished(await collect(trainer.train(spec, createHost())));
    const again = finished(await collect(trainer.train(spec, createHost())));
    trainer.close();
    expect(first.weightsHash).toBe(GOLDEN);
    expect(again.weightsHash).toBe(GOLDEN);
    expect(again.evaluationLoss).toEqual(first.evaluationLoss);
  });
});

test.each([['the introduction', {}, ''] as const, ...OTHERS])(
  'a run of %s that was changed has the same bits when it is replayed from its events',
  async (_, parameters) => {
    const plain = { ...DEFAULT_PARAMETERS, densities: 2, replicas: 1, batch: 37, steps: 30, seed: 3 };
    const changed = resolve({ ...plain, ...parameters, steps: 30 });
    const asked: SpecChange[] = [{ learningRate: 0.01, importance: { kind: 'power', base: 0.5 } }];
    const host = createHost({ target: 13, whenPaused: () => Infinity, nextChange: () => asked.shift() });
    const events = await collect(createInline().train(changed, host));
    const amendments = events.flatMap((event) => (event.type === 'amended' ? [event] : []));
    expect(amendments).toHaveLength(1);
    const untouched = finished(await collect(createInline().train(changed, createHost())));
    const replayed = finished(await collect(createInline().train(changed, createHost({ amendments }))));
    expect(replayed.weightsHash).toBe(finished(events).weightsHash);
    expect(replayed.weightsHash).not.toBe(untouched.weightsHash);
  },
);

describe('workers', () => {
  test('are started once, ahead of the run where asked to, and ended by close', async () => {
    const log: string[] = [];
    const spawn = (): WorkerPort => {
      log.push('started');
      const worker = spawnBehindChannel();
      return { ...worker, terminate: () => (worker.terminate(), log.push('ended')) };
    };
    const trainer = createFusedTrainer({ workers: 2, spawn });
    trainer.warm();
    expect(log).toEqual(['started', 'started']);
    await collect(trainer.train(spec, createHost()));
    await collect(trainer.train(spec, createHost()));
    trainer.close();
    expect(log).toEqual(['started', 'started', 'ended', 'ended']);
  });

  test('one that dies fails the run in words, and the next run has new ones', async () => {
    let spawned = 0;
    const spawn = (): WorkerPort => {
      if (spawned++ > 0) return spawnBehindChannel();
      let fail: (error: Error) => void = () => undefined;
      const dying = (): void => fail(new Error('A training worker ended without a word.'));
      return { post: dying, onMessage: () => undefined, onFailure: (handler) => (fail = handler), terminate: () => {} };
    };
    const trainer = createFusedTrainer({ workers: 2, spawn });
    const events = await collect(trainer.train(spec, createHost()));
    expect(events).toEqual([{ type: 'failed', step: 0, message: 'A training worker ended without a word.' }]);
    expect(finished(await collect(trainer.train(spec, createHost()))).weightsHash).toBe(GOLDEN);
    trainer.close();
  });
});

test('instances are shared out in order, none twice, none left, no worker without one', () => {
  const counts = fc.record({
    densities: fc.integer({ min: 1, max: 16 }),
    replicas: fc.integer({ min: 1, max: 20 }),
    parts: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(counts, ({ densities, replicas, parts }) => {
      const shared = resolve({ ...DEFAULT_PARAMETERS, densities, replicas });
      const ranges = splitByCost(shared, parts);
      expect(ranges.length).toBeLessThanOrEqual(parts);
      expect(ranges.every(({ from, to }) => to > from)).toBe(true);
      expect(ranges.map(({ from }) => from)).toEqual([0, ...ranges.slice(0, -1).map(({ to }) => to)]);
      expect(ranges.at(-1)?.to).toBe(instanceCount(shared));
    }),
  );
});

test('the introduction on two workers: neither has more than 51% of the cost', () => {
  const introduction = resolve(DEFAULT_PARAMETERS);
  const costOf = (instance: number): number =>
    costOfStep(introduction, shapeOf(introduction), cellOf(introduction, instance));
  const costs = splitByCost(introduction, 2).map(({ from, to }) => {
    let cost = 0;
    for (let instance = from; instance < to; instance++) cost += costOf(instance);
    return cost;
  });
  const [first = NaN, second = NaN] = costs;
  expect(costs).toHaveLength(2);
  expect(Math.max(first, second) / (first + second)).toBeLessThan(0.51);
});
