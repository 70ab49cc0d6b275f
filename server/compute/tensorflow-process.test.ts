/** The rooms' training processes on TensorFlow, where `npm run setup:cuda` has installed it; elsewhere skipped, with the reason. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { present } from '#lib/base/assert';
import type { Checkpoint, RunEvent } from '#lib/runs/events';
import type { RunRecord } from '#lib/runs/record';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { connectClient, startTestLab } from '../lab.fixture.ts';
import { createComputeProcess } from './compute-process.ts';
import type { Compute, ComputeOptions } from './compute.ts';
import { createTrainingQueue } from './queue.ts';
import { isTensorFlowInstalled } from './tensorflow.ts';
import type { RoomId } from '#lib/base/id';

// A process needs seconds to load TensorFlow, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

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

/** Processes of this test that have TensorFlow, straight from the system. */
function trainingProcesses(): readonly number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, parent, ...args]) => Number(parent) === process.pid && args.at(-1) === 'tensorflow')
    .map(([pid]) => Number(pid));
}

const reason = 'TensorFlow is not installed here: npm run setup:cuda installs it.';
const installed = isTensorFlowInstalled();
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

  test('P40 P104 a room’s run trains there, goes on when its process is killed, and comes to its end', async () => {
    const others = trainingProcesses();
    const own = createComputeProcess({ workers: 1, engine: 'tensorflow' });
    const lab = await startTestLab({ compute: own });
    const [ada, bob] = [await connectClient(lab.url), await connectClient(lab.url)];
    const room = await lab.newRoom();
    await ada.join(room);
    await bob.join(room, { name: 'Bob' });
    const last = (): RunRecord => present(bob.heard('run').at(-1), 'the run')[0];
    const stepNow = (): number => bob.heard('metrics').at(-1)?.[1].step ?? 0;
    const endless = { ...spec, steps: 200_000 };
    await ada.get('start', { experiment: 'introduction', spec: endless, place: 'server', paused: false });
    const patience = { timeout: 120_000, interval: 100 };
    await vi.waitFor(() => expect(last().engine?.name).toBe('tfjs-node'), patience);
    await vi.waitFor(() => expect(stepNow()).toBeGreaterThan(10), patience);
    const ours = trainingProcesses().filter((pid) => !others.includes(pid));
    expect(ours).toHaveLength(1);
    process.kill(present(ours[0], 'the training process'), 'SIGKILL');
    await vi.waitFor(() => expect(last()).toMatchObject({ lease: 2, status: { phase: 'running' } }), patience);
    expect(last().handOver).toMatch(/^The training process ended \(SIGKILL\) at step [\d,]+\. It went on from step/);
    await ada.get('control', { run: last().id, action: 'stop' });
    await vi.waitFor(() => expect(last().status.phase).toBe('stopped'), patience);
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
