import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { instanceCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { collect, createHost } from '../trainer.contract.ts';
import { toState } from '../checkpoint.ts';
import { initialCheckpoint } from '../initial.ts';
import { createFusedSlice } from './choose-slice.ts';
import { createFusedTrainer } from './trainer.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** MB that are in use by this thread's objects and the buffers they hold, WebAssembly's memories among them. */
function inUse(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + external + arrayBuffers) / 1e6;
}

const shapes: readonly (readonly [string, Partial<Parameters>])[] = [
  ['small plain models', { n: 3, m: 1 }],
  ['models of the hidden-lane kernel', { n: 40, m: 9 }],
];

test.each(shapes)(
  'a thousand runs of %s in a row leave memory where it was, to 8 MB',
  async (_, shape) => {
    const spec = resolve({ ...DEFAULT_PARAMETERS, ...shape, densities: 1, replicas: 2, batch: 8, steps: 4 });
    const trainer = createFusedTrainer({
      workers: 0,
      spawn: () => {
        throw new Error('no worker is needed');
      },
    });
    const run = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++)
        await collect(trainer.train({ ...spec, seed: i }, createHost({ target: 3, whenPaused: () => 'stop' })));
    };
    await run(50);
    const before = inUse();
    await run(1_000);
    const after = inUse();
    // One kernel's memory is 0.1 to 0.2 MB: a tenth of them kept would be seen.
    expect(after - before).toBeLessThan(8);
  },
  300_000,
);

/** The benchmark's: models of n and m at so many densities, and the MB that a worker may hold which trains them all. */
const CASES: readonly (readonly [string, Partial<Parameters>, number])[] = [
  ['A', { n: 5, m: 2, densities: 8 }, 64],
  ['B', { n: 20, m: 5, densities: 10 }, 64],
  ['C', { n: 80, m: 20, densities: 10, densityTo: 0.01 }, 64],
  ['D', { n: 400, m: 30, densities: 20 }, 256],
];

test.each(CASES)('a worker that trains all of case %s holds less than its share', (_, shape, most) => {
  const spec = resolve({ ...DEFAULT_PARAMETERS, ...shape, replicas: 1, batch: 1_024, steps: 4 });
  const before = inUse();
  const state = toState(spec, initialCheckpoint(spec));
  const slice = createFusedSlice({ spec, from: 0, to: instanceCount(spec), step: 0, state, relaxed: false });
  slice.advance(2);
  // State, gradients and the kernel's memory, with what it leaves behind until it is collected.
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  const held = (heapUsed + external + arrayBuffers) / 1e6 - before;
  expect(slice.state()).toHaveProperty('W');
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(most);
});
