import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '#lib/runs/events';
import { keptSteps } from '#lib/runs/timeline';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { emptyState } from './checkpoint.ts';
import { trainingLoop } from './loop.ts';
import { CHUNK_MS, nextChunk, type OpenStepper, type Stepper } from './stepper.ts';
import { collect } from './trainer.contract.ts';
import { CHECKPOINT_INTERVAL_MS, FRAME_INTERVAL_MS, type TrainerHost } from './trainer.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 2, steps: 20_000 });

/** An engine that takes `msPerStep` of a clock that nothing else moves. */
function fakeEngine(msPerStep: number, fail: (step: number) => boolean = () => false) {
  const advanced: number[] = [];
  let clock = 0;
  let step = 0;
  let disposed = 0;
  const stepper: Stepper = {
    advance: (to) => {
      if (fail(to)) return Promise.reject(new Error(`no memory at step ${to}`));
      clock += (to - step) * msPerStep;
      step = to;
      advanced.push(to);
      return Promise.resolve(Float64Array.of(1, 3, 5, 7));
    },
    weights: () => Promise.resolve(emptyState(spec)),
    state: () => Promise.resolve(emptyState(spec)),
    evaluate: () => Promise.resolve([1, 2, 3, 4]),
    dispose: () => (disposed += 1),
  };
  const host: TrainerHost = {
    now: () => clock,
    target: () => Infinity,
    targetChanged: () => Promise.reject(new Error('nothing changes')),
    breathe: () => Promise.resolve(),
  };
  const open: OpenStepper = () => Promise.resolve(stepper);
  const events = (change: Partial<TrainerHost> = {}): AsyncIterable<RunEvent> =>
    trainingLoop(spec, { ...host, ...change }, { name: 'fake', device: '' }, open);
  const train = (change?: Partial<TrainerHost>): Promise<readonly RunEvent[]> => collect(events(change));
  return { events, train, advanced, host, disposed: () => disposed, now: () => clock };
}

const steps = (events: readonly RunEvent[], type: 'metrics' | 'paused' | 'resumed'): readonly number[] =>
  events.flatMap((event) => (event.type === type ? [event.step] : []));
const frameSteps = (events: readonly RunEvent[]): readonly number[] =>
  events.flatMap((event) => (event.type === 'frame' ? [event.frame.step] : []));

describe('nextChunk', () => {
  test('aims at the chunk time', () => {
    expect(nextChunk(100, CHUNK_MS)).toBe(100);
    expect(nextChunk(100, 2 * CHUNK_MS)).toBe(50);
  });

  test('is at least one step and grows at most fourfold, also when the clock did not move', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1e9, noNaN: true }), (done, elapsed) => {
        const chunk = nextChunk(done, elapsed);
        return Number.isInteger(chunk) && chunk >= 1 && chunk <= 4 * done;
      }),
    );
    expect(nextChunk(5, 0)).toBe(20);
  });
});

describe('a run of 20,000 steps at 1 ms a step', () => {
  const { train, advanced } = fakeEngine(1);
  const run = train();

  test('looks at its host after at most two chunk times, and never passes a kept step', async () => {
    await run;
    const lengths = advanced.map((step, i) => step - (advanced[i - 1] ?? 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2 * CHUNK_MS);
    for (const kept of keptSteps(spec.steps).slice(1)) expect(advanced).toContain(kept);
  });

  test('shows a live frame every 50 to 70 ms between the kept ones', async () => {
    const shown = frameSteps(await run);
    const gaps = shown.map((step, i) => step - (shown[i - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(FRAME_INTERVAL_MS + CHUNK_MS);
  });

  test('keeps a checkpoint at least every 2 s and at the end', async () => {
    const kept = (await run).flatMap((event) => (event.type === 'checkpoint' ? [event.checkpoint.step] : []));
    const gaps = kept.map((step, i) => step - (kept[i - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(CHECKPOINT_INTERVAL_MS + CHUNK_MS);
    expect(kept.at(-1)).toBe(spec.steps);
    expect(new Set(kept).size).toBe(kept.length);
  });

  test('metrics: mean over the replicas of each cell, 1,000 steps per second, and 20 s in the end', async () => {
    const metrics = (await run).filter((event) => event.type === 'metrics');
    expect(metrics.at(-1)).toEqual({ type: 'metrics', step: 20_000, seconds: 20, stepsPerSecond: 1_000, loss: [2, 6] });
    expect(steps(await run, 'metrics')).toEqual(expect.arrayContaining(keptSteps(spec.steps).slice(1)));
  });

  test('finishes with the loss of every instance', async () => {
    expect((await run).at(-1)).toMatchObject({
      type: 'finished',
      step: 20_000,
      seconds: 20,
      evaluationLoss: [1, 2, 3, 4],
    });
  });
});

test('a step slower than a chunk is still one step at a time', async () => {
  const { train, advanced } = fakeEngine(CHUNK_MS * 3);
  await train();
  expect(advanced).toHaveLength(spec.steps);
});

test('seconds do not count a pause', async () => {
  const engine = fakeEngine(1);
  let target = 100;
  const host = { now: () => engine.now() + (target === 100 ? 0 : 60_000), target: () => target };
  const events = await engine.train({
    ...host,
    targetChanged: () => {
      target = Infinity;
      return Promise.resolve();
    },
  });
  expect([steps(events, 'paused'), steps(events, 'resumed')]).toEqual([[100], [100]]);
  expect(events.at(-1)).toMatchObject({ type: 'finished', seconds: 20 });
});

test('what an engine throws is a failed run with its message, and the engine is let go', async () => {
  const { train, disposed } = fakeEngine(1, (step) => step > 3);
  const events = await train();
  expect(events.at(-1)).toEqual({ type: 'failed', step: 3, message: 'no memory at step 4' });
  expect(disposed()).toBe(1);
});

test('an engine that does not open is a failed run that never started', async () => {
  const { host } = fakeEngine(1);
  const open: OpenStepper = () => Promise.reject(new Error('no adapter'));
  const events = await collect(trainingLoop(spec, host, { name: 'fake', device: '' }, open));
  expect(events).toEqual([{ type: 'failed', step: 0, message: 'no adapter' }]);
});

test('a consumer that leaves lets the engine go', async () => {
  const { events, disposed } = fakeEngine(1);
  for await (const event of events()) if (event.type === 'metrics') break;
  expect(disposed()).toBe(1);
});
