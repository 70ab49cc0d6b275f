import { expect, test, vi } from 'vitest';
import { present } from '#lib/base/assert';
import { decodeCheckpoint } from '#lib/runs/checkpoint-pack';
import { encodeFrame } from '#lib/runs/frame';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import type { Part } from '#lib/runs/parts';
import type { StartReply } from '#lib/wire/protocol';
import { connectClient, openPage, startTestLab, type Client } from '../lab.fixture.ts';

const specOf = (set: Partial<Parameters> = {}): RunSpec =>
  resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 2, replicas: 2, steps: 100, ...set });

async function enter() {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const [ada, bob] = [
    await connectClient(lab.url, await openPage(lab.url)),
    await connectClient(lab.url, await openPage(lab.url)),
  ];
  await ada.join(room);
  await bob.join(room, { name: 'Bob' });
  return { lab, room, ada, bob };
}

const start = (client: Client, request: object = {}): Promise<StartReply> =>
  client.get('start', { experiment: 'introduction', spec: specOf(), place: 'browser', paused: false, ...request });

/** A run whose W and b are the number of the step everywhere, at each of `steps`. */
async function train(client: Client, steps: readonly number[]): Promise<StartReply> {
  const reply = await start(client);
  const { record, lease } = reply;
  for (const [seq, step] of steps.entries()) {
    const tensors = [
      { name: 'W', shape: [4, 3, 2], data: new Float32Array(24).fill(step) },
      { name: 'b', shape: [4, 3], data: new Float32Array(12).fill(step) },
    ];
    await client.get('frame', encodeFrame({ run: record.id, lease, seq, step, from: 0, kept: true, tensors }));
  }
  return reply;
}

async function checkpointOf(client: Client, { record, lease, checkpoint }: StartReply) {
  expect(checkpoint).toBe(0);
  const part = await client.get<Part>('checkpointPart', { run: record.id, lease, step: 0, offset: 0 });
  const decoded = decodeCheckpoint(new Uint8Array(part.bytes));
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

test('P153 a run goes on from the newest frame up to a step of another, with zero moments, and says so', async () => {
  const { ada, bob } = await enter();
  const first = await train(ada, [0, 8, 64]);
  const reply = await start(bob, { spec: specOf({ densityTo: 0.5 }), source: { run: first.record.id, step: 40 } });
  expect(reply.record.source).toEqual({ run: first.record.id, step: 8 });
  expect(reply.record.status).toEqual({ phase: 'starting', step: 0 });
  const { step, tensors } = await checkpointOf(bob, reply);
  expect(step).toBe(0);
  const held = Object.fromEntries(tensors.map(({ name, data }) => [name, [...new Set(data)]]));
  expect(held).toEqual({ W: [8], b: [8], 'W.m': [0], 'W.v': [0], 'b.m': [0], 'b.v': [0] });
  await vi.waitFor(() => expect(ada.heard('run').at(-1)?.[0].source).toEqual(reply.record.source));
});

test('P153 also from a run before the present one; another start has no checkpoint', async () => {
  const { ada } = await enter();
  const first = await train(ada, [0, 8]);
  expect((await train(ada, [0])).checkpoint).toBeNull();
  const reply = await start(ada, { source: { run: first.record.id, step: 100 } });
  expect(reply.record.source).toEqual({ run: first.record.id, step: 8 });
  expect((await checkpointOf(ada, reply)).tensors[0]?.data[0]).toBe(8);
});

test('P153 what does not fit, is not there or is not allowed is refused, and the present run goes on', async () => {
  const { lab, room, ada, bob } = await enter();
  const { record } = await train(ada, [0, 8]);
  const request = { experiment: 'introduction', place: 'browser', paused: false };
  const source = { run: record.id, step: 8 };
  for (const set of [{ n: 4 }, { m: 1 }, { densities: 3 }, { replicas: 3 }, { model: 'untied' as const }])
    expect(await bob.refused('start', { ...request, spec: specOf(set), source })).toMatchObject({ code: 'conflict' });
  const gone = { run: 'A'.repeat(22), step: 8 };
  expect(await bob.refused('start', { ...request, spec: specOf(), source: gone })).toMatchObject({ code: 'not-found' });
  const eve = await connectClient(lab.url, await openPage(lab.url));
  await eve.join(room, { name: 'Eve', seat: false });
  expect(await eve.refused('start', { ...request, spec: specOf(), source })).toMatchObject({ code: 'forbidden' });
  expect(bob.heard('run').map(([run]) => run.id)).toEqual([record.id]);
});

test('P153 P154 the server trains from there, too', async () => {
  const { lab, ada } = await enter();
  const { record } = await train(ada, [0, 8]);
  await start(ada, { place: 'server', source: { run: record.id, step: 8 } });
  const { from } = present(lab.compute.started.at(-1), 'a run of the server');
  expect(from?.step).toBe(0);
  expect(from?.tensors.find(({ name }) => name === 'W')?.data[0]).toBe(8);
});
