import { expect, test, vi } from 'vitest';
import { decodeFrame, encodeFrame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import { KEPT_LIMITS } from '#lib/runs/kept';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { HistoryReply, PastRun, StartReply } from '#lib/wire/protocol';
import { connectClient, openPage, startTestLab, type Client } from '../lab.fixture.ts';

const SPEC = resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 2, replicas: 2, steps: 10 });

async function enter() {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const [ada, bob] = [
    await connectClient(lab.url, await openPage(lab.url)),
    await connectClient(lab.url, await openPage(lab.url)),
  ];
  await ada.join(room);
  await bob.join(room, { name: 'Bob' });
  return { ada, bob };
}

/** A whole run: its W is the instance's number everywhere, and replica 2 of each cell is best. */
async function train(client: Client): Promise<StartReply> {
  const reply = await client.get<StartReply>('start', {
    experiment: 'introduction',
    spec: SPEC,
    place: 'browser',
    paused: false,
  });
  const { record, lease } = reply;
  const rows = (size: number): Float32Array => Float32Array.from({ length: 4 * size }, (_, i) => Math.floor(i / size));
  const tensors = [
    { name: 'W', shape: [4, 3, 2], data: rows(6) },
    { name: 'b', shape: [4, 3], data: rows(3) },
  ];
  for (const [seq, step] of [0, 10].entries())
    await client.get('frame', encodeFrame({ run: record.id, lease, seq, step, from: 0, kept: true, tensors }));
  const event = { type: 'finished', step: 10, seconds: 1, evaluationLoss: [2, 1, 2, 1], weightsHash: 'a'.repeat(64) };
  await client.get('publish', { run: record.id, lease, event });
  return reply;
}

const historyOf = (client: Client): Promise<HistoryReply> => client.get('history', null);

test('P130 P131 P134 a run stays in the room’s history with its picture, and is opened with its frames', async () => {
  const { ada, bob } = await enter();
  const first = await train(ada);
  const second = await train(ada);
  const { runs, pictures } = await historyOf(bob);
  expect(runs.map(({ id, phase }) => [id, phase])).toEqual([
    [second.record.id, 'finished'],
    [first.record.id, 'finished'],
  ]);
  const frames = unpackFrames(new Uint8Array(pictures)).map(decodeFrame);
  expect(frames.map((frame) => frame.ok && frame.value.run)).toEqual([second.record.id, first.record.id]);
  expect(frames[0]).toMatchObject({ value: { tensors: [{ shape: [2, 3, 2], data: { 0: 1, 6: 3 } }] } });
  const past = await bob.get<PastRun>('past', { run: first.record.id });
  expect(past.record.status).toMatchObject({ phase: 'finished', step: 10 });
  const request = { run: first.record.id, tensors: ['W'], instances: [1] };
  const steps = unpackFrames(new Uint8Array(await bob.get<Uint8Array>('timeline', request)))
    .map(decodeFrame)
    .map((frame) => frame.ok && frame.value.step);
  expect(steps).toEqual([0, 10]);
  expect(bob.heard('kept').map(([run]) => run.phase)).toEqual(['starting', 'finished', 'starting', 'finished']);
});

test('P133 P134 runs are named, pinned and deleted by those who may', async () => {
  const { ada, bob } = await enter();
  const { record } = await train(ada);
  const curate = (client: Client, change: object): Promise<unknown> => client.get('curate', { run: record.id, change });
  const refused = (client: Client, change: object) => client.refused('curate', { run: record.id, change });
  await historyOf(bob);
  // At once, as one may press: neither is written over the other.
  await Promise.all([
    curate(bob, { type: 'name', name: ' The  pentagon ' }),
    curate(bob, { type: 'pin', pinned: true }),
  ]);
  await vi.waitFor(() => expect(ada.heard('kept').at(-1)?.[0]).toMatchObject({ name: 'The pentagon', pinned: true }));
  expect(await refused(bob, { type: 'delete' })).toMatchObject({ code: 'forbidden' });
  expect(await refused(ada, { type: 'delete' })).toMatchObject({ code: 'conflict' });
  await curate(bob, { type: 'pin', pinned: false });
  expect(await refused(ada, { type: 'delete' })).toMatchObject({ code: 'conflict' });
  await train(ada);
  await curate(ada, { type: 'delete' });
  await vi.waitFor(() => expect(bob.heard('forgotten')).toEqual([[record.id]]));
  expect((await historyOf(bob)).runs).toHaveLength(1);
  expect(await bob.refused('past', { run: record.id })).toMatchObject({ code: 'not-found' });
});

test('P132 a room pins a dozen runs', async () => {
  const { ada } = await enter();
  for (let k = 0; k <= KEPT_LIMITS.pinned; k++) {
    const { record } = await train(ada);
    const pin = { run: record.id, change: { type: 'pin', pinned: true } };
    if (k < KEPT_LIMITS.pinned) await ada.get('curate', pin);
    else expect(await ada.refused('curate', pin)).toMatchObject({ code: 'limit' });
  }
});
