import { describe, expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import { decodeCheckpoint, encodeCheckpoint } from '#lib/runs/checkpoint-pack';
import type { Checkpoint, RunEvent, TrainedFrame } from '#lib/runs/events';
import { TILE_LOSS } from '#lib/runs/sweep-frame';
import { cellCount, instanceCount } from '#lib/spec/cells';
import { nextWeightsHash } from '#lib/spec/hash';
import { RUN_LIMITS } from '#lib/spec/limits';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { checkRun, checkSpec, resolve } from '#lib/spec/resolve';
import { tileSpec, tilesOf } from '#lib/spec/tiles';
import { emptyState } from './checkpoint.ts';
import { createFusedTrainer } from './fused/trainer.ts';
import { initialCheckpoint } from './initial.ts';
import { createReferenceTrainer } from './reference/trainer.ts';
import { sweepLoop } from './sweep-loop.ts';
import type { OpenStepper } from './stepper.ts';
import { collect, createHost, finished, lastCheckpoint } from './trainer.contract.ts';
import type { Trainer } from './trainer.ts';

/** A phase diagram of 1,280 cells, four models each: a tile of 1,024 cells and one of 256. */
const spec = resolve({
  ...{ ...DEFAULT_PARAMETERS, n: 2, m: 1, densities: 64, relativeImportances: 20, replicas: 4 },
  ...{ relativeImportanceFrom: 0.1, relativeImportanceTo: 10, batch: 16, steps: 9, learningRate: 0.01 },
});
const cells = cellCount(spec);
const whole = tileSpec(spec, { first: 0, count: cells });

const neverSpawns = (): never => {
  throw new Error('no worker is needed');
};
const fused = createFusedTrainer({ workers: 0, spawn: neverSpawns });

const keptFrames = (events: readonly RunEvent[]): readonly TrainedFrame[] =>
  events.flatMap((event) => (event.type === 'frame' && event.frame.kept ? [event.frame] : []));
const tensorOf = (tensors: TrainedFrame['tensors'], name: string): Float32Array =>
  present(
    tensors.find((tensor) => tensor.name === name),
    name,
  ).data;
const joined = (frames: readonly TrainedFrame[], name: string): readonly number[] =>
  frames.flatMap(({ tensors }) => [...tensorOf(tensors, name)]);

async function stoppedAt(trainer: Trainer, step: number, from?: Checkpoint): Promise<Checkpoint> {
  const host = createHost({ target: step, whenPaused: () => 'stop', ...(from === undefined ? {} : { from }) });
  return lastCheckpoint(await collect(trainer.train(spec, host)));
}

/** As it is sent and stored. */
function sent(checkpoint: Checkpoint): Checkpoint {
  const decoded = decodeCheckpoint(encodeCheckpoint(checkpoint));
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

test('it is too large for an ordinary run, and a sweep of two tiles', () => {
  expect(instanceCount(spec)).toBeGreaterThan(RUN_LIMITS.instances);
  expect([checkSpec(spec).ok, checkRun(spec).ok]).toEqual([false, true]);
  expect(tilesOf(spec)).toEqual([
    { first: 0, count: 1_024 },
    { first: 1_024, count: 256 },
  ]);
});

describe('in tiles, on the portable engine', () => {
  const swept = collect(fused.train(spec, createHost()));
  const atOnce = collect(fused.train(whole, createHost()));

  test('the same bits as all models side by side: weights, evaluation losses, and the hash, which knows no tiles', async () => {
    const frames = keptFrames(await swept);
    const last = present(keptFrames(await atOnce).at(-1), 'a last frame');
    expect(frames.map(({ from, step }) => [from, step])).toEqual([
      [0, 4],
      [4_096, 9],
    ]);
    for (const name of ['W', 'b']) expect(joined(frames, name)).toEqual([...tensorOf(last.tensors, name)]);
    const { evaluationLoss } = finished(await atOnce);
    expect(joined(frames, TILE_LOSS)).toEqual([...Float32Array.from(evaluationLoss)]);
    const [W, b] = ['W', 'b'].map((name) => tensorOf(last.tensors, name));
    let hash = '';
    for (let cell = 0; cell < cells; cell++)
      hash = nextWeightsHash(hash, [
        present(W, 'W').subarray(8 * cell, 8 * (cell + 1)),
        present(b, 'b').subarray(8 * cell, 8 * (cell + 1)),
      ]);
    expect(finished(await swept)).toMatchObject({ step: 9, evaluationLoss: [], weightsHash: hash });
  });

  test.each([2, 4, 6])(
    'from its checkpoint at step %i, the rest has the same bits and the same hash as without a stop',
    async (step) => {
      const from = sent(await stoppedAt(fused, step));
      const rest = await collect(fused.train(spec, createHost({ from })));
      const frames = keptFrames(await swept).filter((frame) => frame.from >= from.from);
      expect(keptFrames(rest)).toEqual(frames);
      expect(finished(rest).weightsHash).toBe(finished(await swept).weightsHash);
    },
  );

  test('steps never fall, and every event names one of the whole', async () => {
    const steps = (await swept).flatMap((event) =>
      event.type === 'frame' ? [event.frame.step] : event.type === 'metrics' ? [event.step] : [],
    );
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBe(spec.steps);
  });
});

test('stopped in the second tile, another engine goes on with it: three steps later as the first would, within 1e-4', async () => {
  const half = sent(await stoppedAt(fused, 6));
  expect([half.from, half.tile?.step]).toEqual([4_096, 3]);
  const other = await stoppedAt(createReferenceTrainer(), 7, half);
  const same = await stoppedAt(fused, 7);
  expect([other.step, other.tile]).toEqual([7, { step: 5, hash: same.tile?.hash }]);
  for (const { name, data } of same.tensors) {
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE);
    const actual = tensorOf(other.tensors, name);
    const error = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - (data[i] ?? NaN))), 0);
    expect(error / largest, name).toBeLessThan(1e-4);
  }
});

/** `opened`: the instances of each tile; one at a time is open. */
function fakeSteppers() {
  const opened: number[] = [];
  const held = { open: 0 };
  const open: OpenStepper = (tile) => {
    opened.push(instanceCount(tile));
    held.open += 1;
    expect(held.open).toBe(1);
    return Promise.resolve({
      advance: () => Promise.resolve(new Float64Array(instanceCount(tile))),
      weights: () => Promise.resolve(emptyState(tile)),
      state: () => Promise.resolve(emptyState(tile)),
      evaluate: () => Promise.resolve(Array.from({ length: instanceCount(tile) }, () => 0)),
      dispose: () => (held.open -= 1),
    });
  };
  return { open, opened, held };
}

test('holds one tile’s state at a time', async () => {
  const { open, opened, held } = fakeSteppers();
  const events = await collect(sweepLoop(spec, createHost(), { name: 'fake', device: '' }, open));
  expect(finished(events).step).toBe(9);
  expect(opened).toEqual([4_096, 1_024]);
  expect(held.open).toBe(0);
});

test('stopped between two tiles, the next is not opened, and there is a checkpoint at its beginning', async () => {
  const { open, opened } = fakeSteppers();
  let target: number | 'stop' = Infinity;
  const host = { ...createHost(), target: () => target };
  const events: RunEvent[] = [];
  for await (const event of sweepLoop(spec, host, { name: 'fake', device: '' }, open)) {
    events.push(event);
    if (event.type === 'frame' && event.frame.kept) target = 'stop';
  }
  expect(opened).toEqual([4_096]);
  expect(events.at(-1)).toEqual({ type: 'stopped', step: 4 });
  const { tensors, from, step, tile } = sent(lastCheckpoint(events));
  expect([from, step, tile?.step]).toEqual([4_096, 4, 0]);
  const drawn = initialCheckpoint(tileSpec(spec, { first: 1_024, count: 256 }));
  for (const each of drawn.tensors) expect(tensorOf(tensors, each.name)).toEqual(each.data);
});

test('a checkpoint of another cutting is a failed run that says where it begins', async () => {
  const from = { ...(await stoppedAt(fused, 6)), from: 17 };
  expect((await collect(fused.train(spec, createHost({ from })))).at(-1)).toMatchObject({
    type: 'failed',
    message: expect.stringContaining('instance 17') as string,
  });
});
