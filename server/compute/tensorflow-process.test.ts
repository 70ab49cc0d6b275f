/** The rooms' training processes on TensorFlow, where `npm run setup:cuda` has installed it; elsewhere skipped, with the reason. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { present } from '#lib/base/assert';
import type { Checkpoint, RunEvent } from '#lib/runs/events';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { createComputeProcess } from './compute-process.ts';
import type { Compute, ComputeOptions } from './compute.ts';
import { createTrainingQueue } from './queue.ts';
import { TENSORFLOW_FOLDER } from './tensorflow.ts';
import type { RoomId } from '#lib/base/id';

// A process needs seconds to load TensorFlow, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 2, batch: 101, steps: 60, seed: 3 });

/** Every event of a run up to its last, or its loss. */
const train = (compute: Compute, options?: ComputeOptions): Promise<readonly RunEvent[]> =>
  new Promise((resolved, reject) => {
    const events: RunEvent[] = [];
    const event = (next: RunEvent): void => {
      events.push(next);
      if (next.type === 'finished' || next.type === 'paused') resolved(events);
      if (next.type === 'failed') reject(new Error(next.message));
    };
    compute.start(spec, { event, lost: (what) => reject(new Error(what)) }, options);
  });

const newest = (events: readonly RunEvent[]): Checkpoint =>
  present(events.flatMap((event) => (event.type === 'checkpoint' ? [event.checkpoint] : [])).at(-1), 'a checkpoint');

const enginesOf = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'started' ? [event.engine.name] : []));

const reason = 'TensorFlow is not installed here: npm run setup:cuda installs it.';
const installed = existsSync(TENSORFLOW_FOLDER);
if (!installed) process.stderr.write(`Rooms that train on TensorFlow are not tested: ${reason}\n`);

describe.skipIf(!installed)('a server whose rooms train on TensorFlow', () => {
  let compute: Compute;
  let processors: Compute;
  beforeAll(() => {
    compute = createComputeProcess({ workers: 1, engine: 'tensorflow' });
    processors = createComputeProcess({ workers: 1, engine: 'processors' });
  });
  afterAll(async () => {
    await compute.close();
    await processors.close();
  });

  test('trains on it, and says so, with its device', async () => {
    const events = await train(compute);
    expect(enginesOf(events)).toEqual(['tfjs-node']);
    expect(compute.engine).toMatchObject({
      name: 'tfjs-node',
      device: expect.stringContaining('TensorFlow') as string,
    });
    expect(compute.slots).toBe(1);
  });

  test('a run goes from the processors to TensorFlow and back, to the same weights but for rounding', async () => {
    const whole = newest(await train(processors));
    const begun = newest(await train(processors, { target: 20 }));
    const gone = newest(await train(compute, { from: begun, target: 40 }));
    const back = newest(await train(processors, { from: gone }));
    expect([begun.step, gone.step, back.step]).toEqual([20, 40, 60]);
    back.tensors.forEach(({ name, data }, i) => {
      const expected = present(whole.tensors[i], name).data;
      const furthest = Math.max(...[...data].map((value, k) => Math.abs(value - (expected[k] ?? NaN))));
      expect(furthest, name).toBeLessThan(1e-5);
    });
  });

  test('two rooms take turns on it: neither waits for the other’s end, and both come to the end', async () => {
    const queue = createTrainingQueue(compute, { slots: 8, waiting: 8, slice: 100 });
    const long = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 2, batch: 101, steps: 2_000, seed: 3 });
    const turns: string[] = [];
    const run = (room: string): Promise<RunEvent> =>
      new Promise((resolved, reject) => {
        const event = (next: RunEvent): void => {
          if (next.type === 'started') turns.push(room);
          if (next.type === 'finished') resolved(next);
          if (next.type === 'failed') reject(new Error(next.message));
        };
        queue.start(room as RoomId, long, { event, waits: () => undefined, lost: (what) => reject(new Error(what)) });
      });
    const ends = await Promise.all([run('a'), run('b')]);
    expect(ends).toMatchObject([{ step: 2_000 }, { step: 2_000 }]);
    // Both have begun before either has ended, and one has made place.
    expect(turns.slice(0, 2)).toEqual(['a', 'b']);
    expect(turns.length).toBeGreaterThan(2);
    queue.close();
  });
});
