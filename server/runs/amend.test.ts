import { expect, test, vi } from 'vitest';
import { present } from '#lib/base/assert';
import type { RunRecord } from '#lib/runs/record';
import { presentSpec } from '#lib/runs/record';
import { AMENDMENTS } from '#lib/spec/change';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { StartReply } from '#lib/wire/protocol';
import { connectClient, startTestLab, type Client } from '../lab.fixture.ts';

const SPEC = resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 2, replicas: 2, steps: 1_000 });
const CHANGE = { learningRate: 0.02 };

async function enter() {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const [ada, bob] = [await connectClient(lab.url), await connectClient(lab.url)];
  await ada.join(room);
  await bob.join(room, { name: 'Bob' });
  return { lab, room, ada, bob };
}

const start = (client: Client, place: 'browser' | 'server' = 'browser'): Promise<StartReply> =>
  client.get('start', { experiment: 'introduction', spec: SPEC, place, paused: false });

const lastRecord = (client: Client): RunRecord => present(client.heard('run').at(-1), 'a run')[0];

test('P150 P151 anyone who may control the run changes it; its trainer makes the change, and everyone has it in the record', async () => {
  const { ada, bob } = await enter();
  const { record, lease } = await start(ada);
  await bob.get('amend', { run: record.id, change: CHANGE });
  await vi.waitFor(() => expect(ada.heard('amend')).toEqual([[record.id, lease, CHANGE]]));
  await ada.get('publish', { run: record.id, lease, event: { type: 'amended', step: 40, change: CHANGE } });
  await vi.waitFor(() => expect(lastRecord(bob).amendments).toEqual([{ step: 40, change: CHANGE }]));
  expect(presentSpec(lastRecord(bob)).optimizer.learningRate).toBe(0.02);
  expect(lastRecord(bob)).toMatchObject({ specHash: record.specHash });
  expect(lastRecord(bob).presentHash).not.toBe(record.specHash);
});

test('P150 the server changes what it trains itself', async () => {
  const { lab, ada } = await enter();
  const { record } = await start(ada, 'server');
  await ada.get('amend', { run: record.id, change: CHANGE });
  const training = present(lab.compute.started[0], 'a training');
  expect(training.changes).toEqual([CHANGE]);
  training.emit({ type: 'amended', step: 7, change: CHANGE });
  await vi.waitFor(() => expect(lastRecord(ada).amendments).toEqual([{ step: 7, change: CHANGE }]));
});

test('P152 who goes on with a run is given its amendments', async () => {
  const { lab, ada, bob } = await enter();
  const { record, lease } = await start(ada);
  await ada.get('publish', { run: record.id, lease, event: { type: 'amended', step: 40, change: CHANGE } });
  ada.close();
  await vi.waitFor(() => expect(lastRecord(bob).status.phase).toBe('orphaned'), { timeout: 5_000 });
  await bob.get('continue', { run: record.id, place: 'server' });
  expect(lab.compute.started[0]?.amendments).toEqual([{ step: 40, change: CHANGE }]);
});

test('P150 what is no change of a run is refused, from whoever asks and from its trainer', async () => {
  const { ada, bob, room, lab } = await enter();
  const { record, lease } = await start(ada);
  const amend = { run: record.id, change: CHANGE };
  expect(await bob.refused('amend', { ...amend, change: {} })).toMatchObject({ code: 'invalid', field: 'change' });
  expect(await bob.refused('amend', { ...amend, change: { axes: [] } })).toMatchObject({ field: 'change.axes' });
  expect(await bob.refused('amend', { ...amend, change: { steps: 5 } })).toMatchObject({ code: 'invalid' });
  const published = { run: record.id, lease, event: { type: 'amended', step: 1, change: { axes: [] } } };
  expect(await ada.refused('publish', published)).toMatchObject({ code: 'invalid', field: 'change.axes' });
  const eve = await connectClient(lab.url);
  await eve.join(room, { name: 'Eve', seat: false });
  expect(await eve.refused('amend', amend)).toMatchObject({ code: 'forbidden' });
  await ada.get('publish', { run: record.id, lease, event: { type: 'stopped', step: 9 } });
  expect(await bob.refused('amend', amend)).toMatchObject({ code: 'conflict' });
});

test('P150 without its trainer a run is not changed, and not too often', async () => {
  const { ada, bob } = await enter();
  const { record, lease } = await start(ada);
  for (let step = 0; step < AMENDMENTS; step++) {
    const event = { type: 'amended', step, change: { learningRate: 0.001 * (step + 1) } };
    await ada.get('publish', { run: record.id, lease, event });
  }
  const amend = { run: record.id, change: CHANGE };
  expect(await bob.refused('amend', amend)).toMatchObject({ code: 'limit' });
  const again = await start(ada);
  ada.close();
  await vi.waitFor(async () =>
    expect(await bob.refused('amend', { ...amend, run: again.record.id })).toMatchObject({ code: 'unavailable' }),
  );
});
