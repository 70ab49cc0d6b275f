import { describe, expect, test } from 'vitest';
import type { RunEvent } from '#lib/runs/events';
import { keptSteps } from '#lib/runs/timeline';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { createFusedTrainer } from './fused/trainer.ts';
import { createReferenceTrainer } from './reference/trainer.ts';
import { createStandbyTrainer } from './standby.ts';
import { collect, createHost, finished } from './trainer.contract.ts';
import type { Trainer, TrainerHost } from './trainer.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 2, batch: 37, steps: 200 });
const fused = createFusedTrainer({
  workers: 0,
  spawn: () => {
    throw new Error('no worker is needed');
  },
});

/** A host whose clock runs so fast that there is a checkpoint every few chunks. */
function hurried(): TrainerHost {
  let clock = 0;
  return { ...createHost(), now: () => (clock += 40) };
}

/** The fused engine until it has shown a step past `step`, then its device is gone. */
const failingAfter = (step: number): Trainer => ({
  ...fused,
  engine: { name: 'fused-webgpu', device: 'a card' },
  async *train(...run) {
    for await (const event of fused.train(...run)) {
      yield event.type === 'started' ? { ...event, engine: this.engine } : event;
      if (event.type !== 'frame' || event.frame.step <= step) continue;
      yield { type: 'failed', step: event.frame.step, message: 'The graphics device was lost.' };
      return;
    }
  },
});

const framesOf = (events: readonly RunEvent[]): readonly number[] =>
  events.flatMap((event) => (event.type === 'frame' ? [event.frame.step] : []));

describe('a trainer that fails in the middle of a run', () => {
  test('is followed by the one in reserve, from the last checkpoint: same bits at the end, no step shown twice', async () => {
    const whole = finished(await collect(fused.train(spec, createHost())));
    const events = await collect(createStandbyTrainer(failingAfter(90), fused).train(spec, hurried()));
    expect(finished(events).weightsHash).toBe(whole.weightsHash);
    expect(events.some((event) => event.type === 'failed')).toBe(false);
    const frames = framesOf(events);
    expect(frames).toEqual([...new Set(frames)].sort((a, b) => a - b));
    expect(keptSteps(spec.steps).filter((step) => !frames.includes(step))).toEqual([]);
  });

  test('hands on the changes that were made to the run meanwhile', async () => {
    const change = { learningRate: 5e-3 };
    const changed = (): TrainerHost => {
      const asked = [change];
      return { ...hurried(), nextChange: () => asked.shift() };
    };
    const whole = finished(await collect(fused.train(spec, changed())));
    const events = await collect(createStandbyTrainer(failingAfter(90), fused).train(spec, changed()));
    expect(finished(events).weightsHash).toBe(whole.weightsHash);
    expect(events.filter(({ type }) => type === 'amended')).toHaveLength(1);
  });

  test('has its failure told in the words of the one that follows', async () => {
    const events = await collect(createStandbyTrainer(failingAfter(90), fused).train(spec, hurried()));
    const engines = events.flatMap((event) => (event.type === 'started' ? [event.engine] : []));
    expect(engines).toEqual([
      { name: 'fused-webgpu', device: 'a card' },
      {
        name: 'fused-wasm',
        // Its bits are no longer the portable engine's alone.
        revision: null,
        device: '1 thread · WebAssembly SIMD, since step 91: The graphics device was lost.',
      },
    ]);
  });

  test('without a checkpoint yet is followed from the beginning, or from where the run was taken over', async () => {
    const events = await collect(createStandbyTrainer(failingAfter(-1), fused).train(spec, createHost()));
    const first = events.find((event) => event.type === 'checkpoint');
    expect(finished(events).step).toBe(200);
    expect(first?.checkpoint.step).toBe(200);
  });

  test('fails, where the one in reserve refuses the spec', async () => {
    const refusing: Trainer = { ...fused, refuses: () => 'Too large: take fewer features.' };
    const events = await collect(createStandbyTrainer(failingAfter(5), refusing).train(spec, createHost()));
    expect(events.at(-1)).toMatchObject({ type: 'failed', message: 'The graphics device was lost.' });
  });
});

test('a trainer that does not fail is left alone', async () => {
  const events = await collect(createStandbyTrainer(createReferenceTrainer(), fused).train(spec, createHost()));
  expect(finished(events).step).toBe(200);
  expect(events.filter((event) => event.type === 'started')).toHaveLength(1);
});
