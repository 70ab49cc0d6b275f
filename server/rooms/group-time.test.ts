import { expect, test, vi } from 'vitest';
import { idFromBytes } from '#lib/base/id';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { RUN_LIMITS } from '#lib/spec/limits';
import { resolve } from '#lib/spec/resolve';
import type { StartReply } from '#lib/wire/protocol';
import { connectClient, openPage, startTestLab, type Client } from '../lab.fixture.ts';

const SPEC = resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 2, replicas: 2, steps: 1_000 });

async function enter() {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const [ada, bob] = [
    await connectClient(lab.url, await openPage(lab.url)),
    await connectClient(lab.url, await openPage(lab.url)),
  ];
  await ada.join(room);
  await bob.join(room, { name: 'Bob' });
  return { lab, room, ada, bob, run: idFromBytes<'run'>(new Uint8Array(16).fill(7)) };
}

const newest = (client: Client) => client.heard('time').at(-1)?.[0];

test('P160 the group’s moment is told to everyone else, with whose hand is on it, the newest at most 15 times a second', async () => {
  const { ada, bob, run } = await enter();
  for (let step = 1; step <= 20; step++) await ada.get('time', { run, step });
  await vi.waitFor(() => expect(newest(bob)).toMatchObject({ run, step: 20, by: { name: 'Ada', colour: 0 } }));
  expect(bob.heard('time').length).toBeLessThan(10);
  await ada.get('time', null);
  await vi.waitFor(() => expect(newest(bob)).toBeNull());
});

test('P160 only editors move it, and only to a step that a run can have', async () => {
  const { lab, room, ada, run } = await enter();
  const eve = await connectClient(lab.url, await openPage(lab.url));
  await eve.join(room, { name: 'Eve', seat: false });
  expect(await eve.refused('time', { run, step: 1 })).toMatchObject({ code: 'forbidden' });
  expect(await ada.refused('time', { run, step: RUN_LIMITS.steps + 1 })).toMatchObject({ code: 'invalid' });
  expect(await ada.refused('time', { run, step: 1, by: { name: 'Bob' } })).toMatchObject({ code: 'invalid' });
});

test('P161 where it passes to another hand, the one before is told, and the new one, too', async () => {
  const { ada, bob, run } = await enter();
  await ada.get('time', { run, step: 1 });
  await vi.waitFor(() => expect(newest(bob)).toMatchObject({ step: 1 }));
  await bob.get('time', { run, step: 2 });
  for (const client of [ada, bob])
    await vi.waitFor(() => expect(newest(client)).toMatchObject({ step: 2, by: { name: 'Bob' } }));
});

test('P162 who comes later finds it in the answer to join; it ends when a run begins', async () => {
  const { lab, room, ada, bob, run } = await enter();
  await ada.get('time', { run, step: 40 });
  const carol = await connectClient(lab.url, await openPage(lab.url));
  expect((await carol.join(room, { name: 'Carol' })).time).toMatchObject({ run, step: 40, by: { name: 'Ada' } });
  await bob.get<StartReply>('start', { experiment: 'introduction', spec: SPEC, place: 'browser', paused: true });
  for (const client of [ada, bob, carol]) await vi.waitFor(() => expect(newest(client)).toBeNull());
});
