import { expect, test } from 'vitest';
import type { RoomId } from '#lib/base/id';
import { present } from '#lib/base/assert';
import type { Checkpoint, RunEvent } from '#lib/runs/events';
import type { Waiting } from '#lib/runs/record';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { createCrankedCompute, type CrankedRun } from '../runs/compute.fixture.ts';
import type { ComputeOptions, ComputeRun } from './compute.ts';
import { createTrainingQueue } from './queue.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 1, replicas: 1, steps: 1_000 });
const SLICE = 10_000;
/** Long enough for the queue to have looked at the clock again. */
const LOOK = 600;

interface Run extends ComputeRun {
  readonly said: RunEvent[];
  readonly waited: Waiting[];
  readonly lost: string[];
}

/** A queue on a compute cranked by hand, with a clock that is set by hand. */
function createBench(slots = 1, waiting = 10) {
  const compute = createCrankedCompute(false);
  let time = 0;
  let loaded = 0;
  const queue = createTrainingQueue(compute, { slots, waiting, slice: SLICE, now: () => time });
  const start = (room: string, options: ComputeOptions = {}): Run => {
    const [said, waited, lost]: [RunEvent[], Waiting[], string[]] = [[], [], []];
    const listener = {
      event: (event: RunEvent) => void said.push(event),
      waits: (where: Waiting) => void waited.push(where),
      lost: (what: string) => void lost.push(what),
    };
    return { ...queue.start(room as RoomId, spec, listener, options), said, waited, lost };
  };
  return {
    queue,
    start,
    started: compute.started,
    /** The run that was begun `nth`, each slice counted. */
    begun: (nth: number): CrankedRun => present(compute.started[nth], `the run begun as number ${nth}`),
    /** What was begun needs so many ms until it trains. */
    load: async (ms: number): Promise<void> => {
      time += ms;
      await real(LOOK);
    },
    /** What was begun is loaded, and trains for so many ms. */
    pass: async (ms: number): Promise<void> => {
      for (; loaded < compute.started.length; loaded++) compute.started[loaded]?.emit(STARTED);
      time += ms;
      await real(LOOK);
    },
  };
}

const real = (ms: number): Promise<void> => new Promise((resolved) => setTimeout(resolved, ms));

const checkpoint = (step: number): RunEvent => ({ type: 'checkpoint', checkpoint: { step } as Checkpoint });
const metrics = (step: number, stepsPerSecond: number): RunEvent => ({
  type: 'metrics',
  ...{ step, stepsPerSecond, seconds: 1, loss: [1] },
});
const STARTED: RunEvent = { type: 'started', engine: { name: 'cranked', device: 'by hand' } };
const FINISHED: RunEvent = { type: 'finished', step: 1_000, seconds: 1, evaluationLoss: [0], weightsHash: '' };

/** What a trainer says when it is told to stop at `step`. */
function stopAt(run: CrankedRun, step: number): void {
  run.emit(checkpoint(step));
  run.emit({ type: 'stopped', step });
}

test('P49 who comes when all places are taken waits, is told where, and trains when one has become free', async () => {
  const { start, started, begun, queue } = createBench();
  start('a');
  const [second, third] = [start('b'), start('c')];
  await real(0);
  expect(started).toHaveLength(1);
  expect(second.waited.at(-1)).toEqual({ place: 1, of: 2, seconds: 10 });
  expect(third.waited.at(-1)).toEqual({ place: 2, of: 2, seconds: 20 });
  expect(queue.counts()).toEqual({ training: 1, waiting: 2 });
  begun(0).emit(FINISHED);
  await real(0);
  expect(started).toHaveLength(2);
  expect(third.waited.at(-1)).toEqual({ place: 1, of: 1, seconds: 10 });
});

test('P49 a time that is known to be shorter than a slice is told as it is', async () => {
  const { start, begun } = createBench();
  start('a');
  begun(0).emit(checkpoint(400));
  begun(0).emit(metrics(400, 200));
  const waiting = start('b');
  await real(0);
  expect(waiting.waited).toEqual([{ place: 1, of: 1, seconds: 3 }]);
});

test('P49 after its slice a run makes place at a checkpoint, and goes on from there in its turn', async () => {
  const { start, started, begun, pass } = createBench();
  const long = start('a');
  const other = start('b');
  await pass(SLICE - 1);
  expect(begun(0).targets).toEqual([1_000]);
  await pass(1);
  expect(begun(0).targets).toEqual([1_000, 'stop']);
  stopAt(begun(0), 300);
  expect(started).toHaveLength(2);
  expect(long.said.map(({ type }) => type)).toEqual(['started', 'checkpoint']);
  await real(0);
  expect(long.waited).toHaveLength(1);
  begun(1).emit(FINISHED);
  expect(other.said).toEqual([FINISHED]);
  expect(begun(2)).toMatchObject({ targets: [1_000], from: { step: 300 } });
});

test('P49 a slice begins when the engine is loaded, so that each brings a run forward', async () => {
  const { start, begun, pass, load } = createBench();
  start('a');
  start('b');
  await load(10 * SLICE);
  expect(begun(0).targets).toEqual([1_000]);
  await pass(SLICE);
  expect(begun(0).targets).toEqual([1_000, 'stop']);
});

test('P49 nobody makes place where nobody waits', async () => {
  const { start, begun, pass } = createBench(2);
  start('a');
  start('b');
  await pass(10 * SLICE);
  expect(begun(0).targets).toEqual([1_000]);
});

test('P49 the room that has trained the least comes first, whoever has asked before', async () => {
  const { start, started, begun, pass } = createBench();
  start('a');
  start('b');
  await pass(SLICE);
  stopAt(begun(0), 300);
  // b trains; a, which has had a slice, waits before c, which has had none.
  start('c');
  await pass(SLICE);
  stopAt(begun(1), 300);
  expect(started).toHaveLength(3);
  expect(begun(2).from).toBeUndefined();
});

test('P49 a room that starts run after run does not come before those who wait', async () => {
  const { start, started, begun, pass } = createBench();
  const first = start('a');
  const other = start('b');
  await pass(SLICE / 2);
  first.kill();
  start('a');
  expect(started).toHaveLength(2);
  begun(1).emit(FINISHED);
  expect(other.said).toEqual([FINISHED]);
  expect(started).toHaveLength(3);
});

test('P49 a run that stands still makes place at once, keeps its step, and waits for its turn when it goes on', async () => {
  const { start, started, begun } = createBench();
  const paused = start('a', { target: 5 });
  begun(0).emit(checkpoint(5));
  begun(0).emit({ type: 'paused', step: 5 });
  start('b');
  expect(begun(0).targets).toEqual([5, 'stop']);
  stopAt(begun(0), 5);
  expect(started).toHaveLength(2);
  paused.setTarget(1_000);
  await real(0);
  expect(paused.waited).toHaveLength(1);
  begun(1).emit(FINISHED);
  expect(begun(2)).toMatchObject({ targets: [1_000], from: { step: 5 } });
  expect(paused.said.map(({ type }) => type)).toEqual(['checkpoint', 'paused', 'checkpoint']);
});

test('P49 what waits can be paused, changed, ended and forgotten', async () => {
  const { start, started, begun, queue } = createBench();
  start('a');
  const [halted, changed, ended, killed] = [start('b'), start('c'), start('d'), start('e')];
  halted.setTarget(0);
  changed.amend({ learningRate: 0.5 });
  ended.setTarget('stop');
  killed.kill();
  expect(halted.said).toEqual([]);
  await real(0);
  expect(halted.said).toEqual([{ type: 'paused', step: 0 }]);
  expect(ended.said).toEqual([{ type: 'stopped', step: 0 }]);
  expect(queue.counts()).toEqual({ training: 1, waiting: 1 });
  begun(0).emit(FINISHED);
  expect(started).toHaveLength(2);
  expect(begun(1).changes).toEqual([{ learningRate: 0.5 }]);
});

test('P49 a change that a trainer was asked for when its slice ended is made by the next', async () => {
  const { start, begun, pass } = createBench();
  const run = start('a');
  start('b');
  const change = { learningRate: 0.5 } as never;
  run.amend(change);
  await pass(SLICE);
  stopAt(begun(0), 300);
  begun(1).emit(FINISHED);
  expect(begun(2).changes).toEqual([change]);
  begun(2).emit({ type: 'amended', step: 310, change });
  start('c');
  await pass(SLICE);
  stopAt(begun(2), 600);
  begun(3).emit(FINISHED);
  expect(begun(4)).toMatchObject({ changes: [], amendments: [{ step: 310, change }] });
});

test('P49 told to end while it makes place, a run ends', async () => {
  const { start, begun, pass, queue } = createBench();
  const run = start('a');
  start('b');
  await pass(SLICE);
  run.setTarget('stop');
  stopAt(begun(0), 300);
  expect(run.said.at(-1)).toEqual({ type: 'stopped', step: 300 });
  expect(queue.counts()).toEqual({ training: 1, waiting: 0 });
});

test('P49 a process that breaks is told, and its place is free', () => {
  const { start, started, begun } = createBench();
  const run = start('a');
  start('b');
  begun(0).lose('The training process hung');
  expect(run.lost).toEqual(['The training process hung']);
  expect(started).toHaveLength(2);
});

test('P49 more than may wait are told so beforehand', () => {
  const { queue, start } = createBench(1, 2);
  for (const room of ['a', 'b', 'c']) {
    expect(queue.hasRoom(false)).toBe(true);
    start(room);
  }
  expect(queue.hasRoom(false)).toBe(false);
});

test('a thousand runs of as many rooms leave nothing behind', () => {
  const { queue, start, begun } = createBench();
  for (let i = 0; i < 1_000; i++) {
    start(`room ${i}`);
    begun(i).emit(FINISHED);
  }
  expect(queue.counts()).toEqual({ training: 0, waiting: 0 });
});
