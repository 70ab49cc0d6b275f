import { describe, expect, test, vi } from 'vitest';
import { present } from '#lib/base/assert';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { collect, createHost } from '#lib/engine/trainer.contract';
import { norms } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import { encodeCheckpoint } from '#lib/runs/checkpoint-pack';
import type { Checkpoint, RunEvent } from '#lib/runs/events';
import { decodeFrame, encodeFrame, type Frame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import { cellWeights, sweepMap, withSweepFrames } from '#lib/runs/sweep-frame';
import { cellCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { LIMITS } from '#lib/wire/limits';
import type { PublishedEvent, StartReply } from '#lib/wire/protocol';
import { connectClient, startTestLab, type Client } from '../lab.fixture.ts';
import { createCrankedCompute } from './compute.fixture.ts';

/** 1,040 cells of four models each: a tile of 1,024 cells and one of 16. */
const SPEC = resolve({
  ...{ ...DEFAULT_PARAMETERS, n: 2, m: 1, densities: 52, relativeImportances: 20, replicas: 4 },
  ...{ relativeImportanceFrom: 0.1, relativeImportanceTo: 10, batch: 16, steps: 8, learningRate: 0.01 },
});
const START = { experiment: 'introduction', spec: SPEC, place: 'browser', paused: false };
const CELLS = cellCount(SPEC);

const trainer = createFusedTrainer({
  workers: 0,
  spawn: () => {
    throw new Error('no worker is needed');
  },
});
const MEASURES = { norms, superposition };
const events: Promise<readonly RunEvent[]> = collect(
  withSweepFrames(SPEC, trainer.train(SPEC, createHost()), MEASURES),
);
const checkpointAt = async (step: number): Promise<Checkpoint> => {
  const host = createHost({ target: step, whenPaused: () => 'stop' });
  const stopped = await collect(trainer.train(SPEC, host));
  return present(
    stopped.findLast((event) => event.type === 'checkpoint'),
    'a checkpoint',
  ).checkpoint;
};

async function enter(dependencies: Parameters<typeof startTestLab>[0] = {}) {
  const lab = await startTestLab(dependencies);
  const room = await lab.newRoom();
  const [ada, bob] = [await connectClient(lab.url), await connectClient(lab.url)];
  await ada.join(room);
  await bob.join(room, { name: 'Bob' });
  return { lab, room, ada, bob };
}

const start = (client: Client): Promise<StartReply> => client.get('start', START);
const publish = (client: Client, { record, lease }: StartReply, event: PublishedEvent): Promise<unknown> =>
  client.get('publish', { run: record.id, lease, event });
const numbered = ({ record, lease }: StartReply, event: RunEvent, seq: number): Frame => {
  if (event.type !== 'frame') throw new Error('no frame');
  return { ...event.frame, run: record.id, lease, seq };
};
const keptFrames = async (run: StartReply): Promise<readonly Frame[]> =>
  (await events)
    .filter((event) => event.type === 'frame' && event.frame.kept)
    .map((event, seq) => numbered(run, event, seq));
const checkpoint = (client: Client, { record, lease }: StartReply, bytes: Uint8Array): Promise<unknown> =>
  client.ask('checkpoint', { run: record.id, lease, size: bytes.length, offset: 0, bytes });

type Tensors = Frame['tensors'];
const without =
  (left: string) =>
  (tensors: Tensors): Tensors =>
    tensors.filter(({ name }) => name !== left);
const halved =
  (less: string) =>
  (tensors: Tensors): Tensors =>
    tensors.map((tensor) => (tensor.name === less ? { ...tensor, half: true } : tensor));

interface Wrong {
  readonly from?: number;
  readonly step?: number;
  readonly tensors?: Tensors | ((tensors: Tensors) => Tensors);
}

describe('P201 what a sweep is published as', () => {
  test('a kept frame for each tile, of the best replica of each cell: together they are the map', async () => {
    const kept = (await events).flatMap((event) => (event.type === 'frame' && event.frame.kept ? [event.frame] : []));
    expect(kept.map(({ from, step, tensors }) => [from, step, tensors.map(({ shape }) => shape)])).toEqual([
      [0, 4, [[1_024, 2], [1_024, 2], [1_024], [1_024], [1_024, 2, 1], [1_024, 2]]],
      [1_024, 8, [[16, 2], [16, 2], [16], [16], [16, 2, 1], [16, 2]]],
    ]);
    const map = sweepMap(SPEC, kept);
    expect(map.done).toEqual(new Uint8Array(CELLS).fill(1));
    // Against the weights and the losses of the same run as its engine gives them.
    const whole = (await collect(trainer.train(SPEC, createHost()))).flatMap((event) =>
      event.type === 'frame' && event.frame.kept ? [event.frame] : [],
    );
    const all = (name: string): readonly number[] =>
      whole.flatMap(({ tensors }) => [
        ...present(
          tensors.find((tensor) => tensor.name === name),
          name,
        ).data,
      ]);
    const [losses, W, b] = [all('evaluationLoss'), all('W'), all('b')];
    for (const cell of [0, 700, 1_023, 1_024, CELLS - 1]) {
      const own = losses.slice(4 * cell, 4 * cell + 4);
      const best = own.indexOf(Math.min(...own));
      const weights = W.slice(2 * (4 * cell + best), 2 * (4 * cell + best + 1));
      expect([map.replica[cell], map.loss[cell]]).toEqual([best, own[best]]);
      expect(map.norm.subarray(2 * cell, 2 * cell + 2)).toEqual(Float32Array.from(weights, Math.abs));
      // Its model, with all of its bits: the cell can be opened.
      const opened = present(cellWeights(kept, cell), 'the model of a cell');
      expect([...present(opened.get('W'), 'W')]).toEqual(weights);
      expect([...present(opened.get('b'), 'b')]).toEqual(b.slice(2 * (4 * cell + best), 2 * (4 * cell + best + 1)));
    }
  });

  test('while its tile is trained, a cell has its first replica’s numbers and no loss', async () => {
    const live = (await events).find((event) => event.type === 'frame' && !event.frame.kept);
    if (live?.type !== 'frame') return;
    const map = sweepMap(SPEC, [live.frame]);
    expect([map.replica[0], map.loss[0], map.done[0]]).toEqual([0, Number.NaN, 0]);
    expect(cellWeights([live.frame], 0)).toBeUndefined();
  });
});

describe('a sweep of a browser', () => {
  test('P200 P201 everyone has its tiles as they come, a late-comer too, within half of a thousandth', async () => {
    const { ada, bob } = await enter();
    const run = await start(ada);
    const watch = { run: run.record.id, tensors: ['W'], instances: [0] };
    await bob.get('subscribe', { ...watch, maxHz: 30 });
    for (const frame of await keptFrames(run)) await ada.get('frame', encodeFrame(frame));
    await vi.waitFor(() => expect(bob.heard('frame')).toHaveLength(2));
    const packed = await bob.get('timeline', watch);
    const frames = unpackFrames(packed as Uint8Array).map((bytes) => {
      const frame = decodeFrame(bytes);
      if (!frame.ok) throw new Error(frame.error.message);
      return frame.value;
    });
    const [sent, had] = [sweepMap(SPEC, await keptFrames(run)), sweepMap(SPEC, frames)];
    expect(had.replica).toEqual(sent.replica);
    for (const name of ['norm', 'superposition', 'loss'] as const)
      had[name].forEach((value, i) => {
        expect(Math.abs(value - (sent[name][i] ?? NaN))).toBeLessThanOrEqual(5e-4 * (sent[name][i] ?? NaN) + 1e-7);
      });
  });

  test.each<[string, Wrong, RegExp]>([
    ['of another cut', { from: 7 }, /No tile/],
    ['kept before its tile is done', { step: 2 }, /last of its tile/],
    [
      'of weights',
      { tensors: [{ name: 'W', shape: [4_096, 2, 1], data: new Float32Array(8_192) }] },
      /holds the tensors/,
    ],
    ['kept without its models', { tensors: without('W') }, /holds the tensors .*W, b/],
    ['kept with models in half of their bits', { tensors: halved('b') }, /b must be float32/],
  ])('P201 a frame %s is refused', async (_, wrong, message) => {
    const { ada } = await enter();
    const run = await start(ada);
    const frame = present((await keptFrames(run))[0], 'a frame');
    const tensors = typeof wrong.tensors === 'function' ? wrong.tensors(frame.tensors) : wrong.tensors;
    const sent = { ...frame, ...wrong, tensors: tensors ?? frame.tensors };
    expect(await ada.ask('frame', encodeFrame(sent))).toMatchObject({
      ok: false,
      error: { code: 'invalid', message: expect.stringMatching(message) as string },
    });
  });

  test('P202 has one loss on its way and none for each model at its end', async () => {
    const { ada } = await enter();
    const run = await start(ada);
    await publish(ada, run, { type: 'metrics', step: 4, seconds: 1, stepsPerSecond: 4, loss: [0.1] });
    const wrong = { type: 'metrics', step: 4, seconds: 1, stepsPerSecond: 4, loss: [0.1, 0.2] };
    expect(await ada.ask('publish', { run: run.record.id, lease: run.lease, event: wrong })).toMatchObject({
      ok: false,
    });
    await publish(ada, run, present((await events).at(-1), 'an end') as PublishedEvent);
  });

  test('P203 its checkpoint is taken once the tiles before it are there', async () => {
    const { ada } = await enter();
    const run = await start(ada);
    const bytes = encodeCheckpoint(await checkpointAt(6));
    expect(await checkpoint(ada, run, bytes)).toMatchObject({ ok: false, error: { code: 'conflict' } });
    await ada.get('frame', encodeFrame(present((await keptFrames(run))[0], 'a frame')));
    expect(await checkpoint(ada, run, bytes)).toMatchObject({ ok: true });
    const { step, seconds, from, tensors } = await checkpointAt(6);
    const untold = encodeCheckpoint({ step, seconds, from, tensors });
    expect(await checkpoint(ada, run, untold)).toMatchObject({ ok: false, error: { code: 'invalid' } });
  });

  test('P203 the server goes on with it from the middle of its second tile, with the tile before as it was', async () => {
    const compute = createCrankedCompute();
    const { ada, bob } = await enter({ compute, limits: { ...LIMITS, trainerGrace: 10 } });
    const run = await start(ada);
    const half = await checkpointAt(6);
    await ada.get('frame', encodeFrame(present((await keptFrames(run))[0], 'a frame')));
    await checkpoint(ada, run, encodeCheckpoint(half));
    ada.close();
    await vi.waitFor(() => expect(bob.heard('run').at(-1)?.[0].status.phase).toBe('orphaned'));
    await bob.get('continue', { run: run.record.id, place: 'server' });
    await vi.waitFor(() => expect(compute.started).toHaveLength(1));
    const here = present(compute.started[0], 'a run');
    expect(here.from).toEqual(half);
    const rest = await collect(
      withSweepFrames(
        SPEC,
        trainer.train(here.spec, createHost({ from: present(here.from, 'a checkpoint') })),
        MEASURES,
      ),
    );
    for (const event of rest) here.emit(event);
    await vi.waitFor(() => expect(bob.heard('run').at(-1)?.[0].status).toMatchObject({ phase: 'finished' }));
    const end = (await events).at(-1);
    expect(bob.heard('run').at(-1)?.[0].status).toMatchObject({
      weightsHash: end?.type === 'finished' ? end.weightsHash : '',
    });
    const packed = await bob.get<Uint8Array>('timeline', { run: run.record.id, tensors: ['W'], instances: [0] });
    const frames = unpackFrames(packed);
    expect(frames).toHaveLength(2);
  });

  test('P204 is not changed on its way', async () => {
    const { ada } = await enter();
    const run = await start(ada);
    expect(await ada.ask('amend', { run: run.record.id, change: { learningRate: 0.1 } })).toMatchObject({
      ok: false,
      error: { code: 'conflict' },
    });
  });
});
