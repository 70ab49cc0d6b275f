import fc from 'fast-check';
import { io } from 'socket.io-client';
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { RoomId } from '#lib/base/id';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { SOCKET_PATH } from '#lib/wire/protocol';
import { connectClient, startTestLab, type Client, type TestLab } from './lab.fixture.ts';

async function enter(): Promise<{ lab: TestLab; room: RoomId; ada: Client }> {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const ada = await connectClient(lab.url);
  await ada.join(room);
  return { lab, room, ada };
}

const SPEC = resolve(DEFAULT_PARAMETERS);
const ID = 'AAAAAAAAAAAAAAAAAAAAAA';

test('S1 P2 a page of a foreign origin is refused on every door', async () => {
  const lab = await startTestLab();
  const foreign = { origin: 'https://evil.example' };
  await expect(connectClient(lab.url, foreign)).rejects.toThrow();
  const polling = await fetch(`${lab.url}${SOCKET_PATH}/?EIO=4&transport=polling`, { headers: foreign });
  expect(polling.status).toBe(403);
  expect((await fetch(`${lab.url}/api/rooms`, { method: 'POST', headers: foreign })).status).toBe(403);
  const document = new WebSocket(`${lab.url.replace('http', 'ws')}/docs/${ID}/lab`, { headers: foreign });
  await expect(new Promise((resolve, reject) => document.on('open', resolve).on('error', reject))).rejects.toThrow();
});

test('P2 pages of the own host and of PUBLIC_ORIGIN are let in', async () => {
  const lab = await startTestLab();
  await connectClient(lab.url, { origin: lab.url });
  const published = await startTestLab({}, { publicOrigins: ['https://lab.example'] });
  await connectClient(published.url, { origin: 'https://lab.example' });
  await expect(connectClient(published.url, { origin: published.url })).rejects.toThrow();
});

test('P12 before joining everything but the clock is refused', async () => {
  const lab = await startTestLab();
  const client = await connectClient(lab.url);
  for (const event of ['rename', 'touch', 'start', 'control', 'publish', 'frame', 'subscribe', 'timeline'])
    expect(await client.refused(event, {})).toMatchObject({ code: 'forbidden' });
  const now = await new Promise<number>((resolve) => client.socket.emit('clock', resolve));
  expect(Math.abs(now - Date.now())).toBeLessThan(1_000);
});

test('P11 a wrong message is refused by the name of its first wrong field', async () => {
  const { ada } = await enter();
  const start = { experiment: 'introduction', spec: SPEC, place: 'browser', paused: false };
  const cases: readonly [event: string, argument: unknown, field: string][] = [
    ['join', { protocol: 1, room: 'short', name: 'Ada', colour: 0, seat: true }, 'room'],
    ['join', { protocol: 1, room: ID, name: 'Ada', colour: 99, seat: true }, 'colour'],
    ['rename', { name: 7, colour: 0 }, 'name'],
    ['rename', { name: 'Ada', colour: 0, role: 'owner' }, ''],
    ['touch', { item: 'first', parameter: 'toString', value: 1 }, 'parameter'],
    ['start', { ...start, place: 'moon' }, 'place'],
    ['start', { ...start, spec: { ...SPEC, model: { ...SPEC.model, n: 0 } } }, 'spec.model.n'],
    ['control', { run: ID, action: 'explode' }, 'action'],
    ['publish', { run: ID, lease: 1, event: { type: 'finished', step: 1 } }, 'event.seconds'],
    ['subscribe', { run: ID, tensors: ['W'], instances: [], maxHz: 1 }, 'instances'],
    ['timeline', { run: ID, tensors: ['W'], instances: [0.5] }, 'instances.0'],
    ['frame', 'text', ''],
    ['join', undefined, ''],
  ];
  for (const [event, argument, field] of cases)
    expect(await ada.refused(event, argument), `${event} ${field}`).toMatchObject({ code: 'invalid', field });
});

test('S14 P13 a flood is refused with limit, and the connection lives', async () => {
  const lab = await startTestLab({ limits: { messagesPerSecond: 1 } });
  const room = await lab.newRoom();
  const ada = await connectClient(lab.url);
  await ada.join(room);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ada.ask('rename', { name: 'Ada', colour: 0 })));
  const refused = answers.filter((answer) => !answer.ok && answer.error.code === 'limit');
  expect(refused.length).toBeGreaterThan(5);
  expect(ada.socket.connected).toBe(true);
});

test('S14 P13 what a trainer publishes has a measure of its own: a quick run leaves room for everything else', async () => {
  const lab = await startTestLab({ limits: { messagesPerSecond: 2, publishedPerSecond: 40 } });
  const ada = await connectClient(lab.url);
  await ada.join(await lab.newRoom());
  const publish = { run: ID, lease: 1, event: { type: 'paused' as const, step: 1 } };
  const answers = await Promise.all(Array.from({ length: 300 }, () => ada.ask('publish', publish)));
  const refused = answers.filter((answer) => !answer.ok && answer.error.code === 'limit');
  expect(refused).toEqual([]);
  expect(await ada.ask('rename', { name: 'Ada', colour: 0 })).toMatchObject({ ok: true });
  const flood = await Promise.all(Array.from({ length: 300 }, () => ada.ask('publish', publish)));
  expect(flood.filter((answer) => !answer.ok && answer.error.code === 'limit').length).toBeGreaterThan(20);
});

test('S14 P52 whole timelines asked for again and again are refused, and other messages are not', async () => {
  const lab = await startTestLab({ limits: { timelines: 3 } });
  const ada = await connectClient(lab.url);
  await ada.join(await lab.newRoom());
  const timeline = { run: ID, tensors: ['W'], instances: [0] };
  const answers = await Promise.all(Array.from({ length: 10 }, () => ada.ask('timeline', timeline)));
  const refused = answers.filter((answer) => !answer.ok && answer.error.code === 'limit');
  expect(refused.length).toBeGreaterThanOrEqual(6);
  expect(await ada.ask('rename', { name: 'Ada', colour: 0 })).toMatchObject({ ok: true });
});

test('S13 P11 a packet beyond the limit ends its connection, by WebSocket and by polling, and the others go on', async () => {
  const lab = await startTestLab({ limits: { message: 100_000 } });
  const room = await lab.newRoom();
  const [ada, bob] = [await connectClient(lab.url), await connectClient(lab.url)];
  for (const client of [ada, bob]) await client.join(room);
  const ended = new Promise((resolve) => ada.socket.once('disconnect', resolve));
  ada.socket.emit('frame', new Uint8Array(200_000), () => undefined);
  await ended;
  const handshake = await (await fetch(`${lab.url}${SOCKET_PATH}/?EIO=4&transport=polling`)).text();
  const { sid } = JSON.parse(handshake.slice(1)) as { sid: string };
  const post = { method: 'POST', body: `4${'x'.repeat(200_000)}` };
  expect((await fetch(`${lab.url}${SOCKET_PATH}/?EIO=4&transport=polling&sid=${sid}`, post)).status).toBe(413);
  await vi.waitFor(() => expect(bob.heard('people').at(-1)?.[0]).toHaveLength(1));
  await bob.get('rename', { name: 'Bob', colour: 2 });
});

test('P10 messages without an acknowledgement, and unknown ones, harm nothing', async () => {
  const { ada } = await enter();
  const emit = ada.socket.emit.bind(ada.socket) as (...args: unknown[]) => void;
  emit('start');
  emit('rename', { name: 'Bob', colour: 1 }, 'not a function');
  emit('unheard-of', {}, () => undefined);
  emit('frame', Uint8Array.of(1));
  await ada.get('rename', { name: 'Ada', colour: 2 });
  await vi.waitFor(() => expect(ada.heard('people').at(-1)?.[0]).toMatchObject([{ name: 'Ada', colour: 2 }]));
});

const EVENTS = ['join', 'rename', 'touch', 'start', 'control', 'publish', 'frame', 'subscribe', 'timeline', 'clock'];

/** Good messages, for the fuzzer to spoil. */
const GOOD: readonly object[] = [
  { protocol: 1, room: ID, name: 'Ada', colour: 0, seat: true, holds: { run: ID, lease: 1 } },
  { name: 'Ada', colour: 0 },
  { item: 'first', parameter: 'n', value: 5 },
  { experiment: 'introduction', spec: SPEC, place: 'server', paused: false },
  { run: ID, action: 'pause' },
  { run: ID, lease: 1, event: { type: 'metrics', step: 1, seconds: 0, stepsPerSecond: 0, loss: [1] } },
  { run: ID, tensors: ['W'], instances: [0], maxHz: 1 },
];

/** A message with one value somewhere in it replaced by anything. */
const spoiled = fc
  .tuple(fc.constantFrom(...GOOD), fc.nat(), fc.oneof(fc.jsonValue(), fc.uint8Array(), fc.double()))
  .map(([good, where, value]) => {
    const copy = structuredClone(good) as Record<string, unknown>;
    const places = placesIn(copy);
    const [holder, key] = places[where % places.length] ?? [copy, 'extra'];
    holder[key] = value;
    return copy;
  });

function placesIn(value: Record<string, unknown>): [Record<string, unknown>, string][] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const deeper = typeof inner === 'object' && inner !== null ? placesIn(inner as Record<string, unknown>) : [];
    return [[value, key] as [Record<string, unknown>, string], ...deeper];
  });
}

test('P11 four thousand spoiled messages are each answered, and the room goes on', async () => {
  const lab = await startTestLab({ limits: { messagesPerSecond: 1_000_000, publishedPerSecond: 1_000_000 } });
  const room = await lab.newRoom();
  const ada = await connectClient(lab.url);
  await ada.join(room);
  const message = fc.tuple(fc.constantFrom(...EVENTS), fc.oneof(spoiled, fc.anything()));
  const batch = fc.array(message, { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(batch, async (messages) => {
      const answers = await Promise.all(messages.map(([event, argument]) => ada.ask(event, argument)));
      for (const answer of answers)
        if (typeof answer === 'object' && !answer.ok) expect(answer.error.code).not.toBe('unavailable');
    }),
    { numRuns: 100, seed: 20260101 },
  );
  const bob = await connectClient(lab.url);
  expect((await bob.join(room)).me.name).toBe('Ada');
});

test('polling clients get their cookie with the handshake', async () => {
  const lab = await startTestLab();
  const handshake = await fetch(`${lab.url}${SOCKET_PATH}/?EIO=4&transport=polling`);
  expect(handshake.headers.getSetCookie()[0]).toMatch(/^polytope=/);
  const socket = io(lab.url, { path: SOCKET_PATH, transports: ['polling'], reconnection: false });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.disconnect();
});
