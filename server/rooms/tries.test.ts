import { expect, test, vi } from 'vitest';
import type { RoomId } from '#lib/base/id';
import { initialCheckpoint } from '#lib/engine/initial';
import { COMPANY_LIMITS } from '#lib/room/limits';
import { encodeFrame, sliceFrame } from '#lib/runs/frame';
import { packFrames } from '#lib/runs/frame-pack';
import { cellCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { ShowRequest } from '#lib/wire/protocol';
import { connectClient, startTestLab, type Client } from '../lab.fixture.ts';

const RUN = 'AAAAAAAAAAAAAAAAAAAAAA';
const PARAMETERS: Parameters = { ...DEFAULT_PARAMETERS, n: 6, densities: 3 };
const SPEC = resolve(PARAMETERS);

const frameAt = (step: number): Uint8Array => {
  const frame = { run: RUN, lease: 0, seq: step, step, from: 0, kept: true, tensors: initialCheckpoint(SPEC).tensors };
  const cells = Array.from({ length: cellCount(SPEC) }, (_, cell) => cell * SPEC.replicas);
  return encodeFrame(sliceFrame(frame, ['W', 'b'], cells));
};

const show = (change: object = {}): ShowRequest => ({
  run: RUN as ShowRequest['run'],
  item: 'first',
  experiment: 'introduction',
  parameters: PARAMETERS,
  step: SPEC.steps,
  metrics: [{ type: 'metrics', step: 10, seconds: 1, stepsPerSecond: 10, loss: [0.1, 0.2, 0.3] }],
  evaluationLoss: null,
  seconds: 1,
  frames: packFrames([frameAt(0), frameAt(10)]),
  ...change,
});

async function two(): Promise<{ url: string; room: RoomId; ada: Client; bob: Client; key: string }> {
  const lab = await startTestLab();
  const opened = await fetch(`${lab.url}/api/rooms`, { method: 'POST' });
  const { room, ownerKey: key } = (await opened.json()) as { room: RoomId; ownerKey: string };
  const [ada, bob] = [await connectClient(lab.url), await connectClient(lab.url)];
  await ada.join(room);
  await bob.join(room, { name: 'Bob' });
  return { url: lab.url, room, ada, bob, key };
}

test('P187 what one tried alone is shown to all under one’s name, opened in full, and put away', async () => {
  const { url, room, ada, bob, key } = await two();
  await ada.get('show', show());
  await vi.waitFor(() => expect(bob.heard('tries')).toHaveLength(1));
  const [tried] = bob.heard('tries')[0]?.[0] ?? [];
  expect(tried).toMatchObject({ by: { name: 'Ada' }, run: RUN, parameters: { n: 6 }, step: SPEC.steps });
  const person = tried?.by.id;
  const detail = await bob.get<ShowRequest>('tried', { person, run: RUN });
  expect(new Uint8Array(detail.frames)).toEqual(show().frames);
  expect((await bob.join(room, { name: 'Bob' })).company.tries).toHaveLength(1);
  expect(await bob.refused('putAway', { person })).toMatchObject({ code: 'forbidden' });
  const olga = await connectClient(url);
  await olga.join(room, { name: 'Olga', keys: [key] });
  await olga.get('putAway', { person });
  await vi.waitFor(() => expect(bob.heard('tries').at(-1)).toEqual([[]]));
  expect(await bob.refused('tried', { person, run: RUN })).toMatchObject({ code: 'not-found' });
});

test('P187 S11 what does not fit its parameters, or what they are, is refused by its field', async () => {
  const { ada, bob } = await two();
  const wrong: readonly [object, string][] = [
    [{ parameters: { ...PARAMETERS, n: 7 } }, 'frames'],
    [{ parameters: { ...PARAMETERS, n: 'many' } }, 'parameters.n'],
    [{ parameters: { ...PARAMETERS, toString: 1 } }, 'parameters.toString'],
    [{ parameters: { n: 5 } }, 'parameters.model'],
    [{ step: SPEC.steps + 1 }, 'step'],
    [{ metrics: [{ ...show().metrics[0], loss: [1] }] }, 'metrics'],
    [{ evaluationLoss: [1, 2] }, 'evaluationLoss'],
    [{ frames: new Uint8Array(3) }, 'frames'],
    [{ frames: packFrames([new Uint8Array(8)]) }, 'frame'],
    [{ frames: packFrames(Array.from({ length: COMPANY_LIMITS.tryFrames + 1 }, () => frameAt(0))) }, 'frames'],
    [{ frames: new Uint8Array(COMPANY_LIMITS.tryBytes + 1) }, 'frames'],
  ];
  for (const [change, field] of wrong) {
    const refusal = await ada.refused('show', show(change));
    expect([refusal.field ?? '', refusal.code]).toEqual([field, expect.stringMatching(/invalid|limit/)]);
  }
  expect(bob.heard('tries')).toEqual([]);
});

test('P187 S13 one of each person, and the oldest makes way', async () => {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  for (let i = 0; i <= COMPANY_LIMITS.tries; i++) {
    const client = await connectClient(lab.url);
    await client.join(room, { name: `P${i}` });
    await client.get('show', show());
    await client.get('show', show({ step: 10 }));
  }
  const late = await connectClient(lab.url);
  const { company } = await late.join(room);
  expect(company.tries.map(({ by }) => by.name)).toEqual(
    Array.from({ length: COMPANY_LIMITS.tries }, (_, i) => `P${COMPANY_LIMITS.tries - i}`),
  );
  expect(company.tries.every(({ step }) => step === 10)).toBe(true);
});

test('P187 watchers show nothing', async () => {
  const { url, room } = await two();
  const eve = await connectClient(url);
  await eve.join(room, { name: 'Eve', seat: false });
  expect(await eve.refused('show', show())).toMatchObject({ code: 'forbidden' });
});
