import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { readLab, setParameters } from '#lib/room/lab';
import { encodeFrame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { CLOSE } from '#lib/wire/protocol';
import type { StartReply } from '#lib/wire/protocol';
import {
  connectClient,
  openBareDocument,
  openDocument,
  startTestLab,
  type Client,
  type TestLab,
} from './lab.fixture.ts';
import { openLibsqlStorage } from './storage/libsql.ts';
import { createMemoryStorage } from './storage/memory.ts';
import type { Web } from './web.ts';

const SPEC = resolve({ ...DEFAULT_PARAMETERS, n: 2, m: 1, densities: 1, replicas: 1, steps: 10 });
const START = { experiment: 'introduction', spec: SPEC, place: 'browser', paused: false };

/** Labs one after the other on the same file, as a server that is started again. */
function createRestarts(): () => Promise<TestLab> {
  const folder = mkdtempSync(path.join(tmpdir(), 'polytope-lab-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secret = new Uint8Array(32);
  return async () => startTestLab({ storage: await openLibsqlStorage(path.join(folder, 'lab.db')) }, { secret });
}

async function trainToTheEnd(client: Client): Promise<StartReply> {
  const run = await client.get<StartReply>('start', START);
  const { id } = run.record;
  const tensors = [
    { name: 'W', shape: [1, 2, 1], data: Float32Array.of(1, 2) },
    { name: 'b', shape: [1, 2], data: Float32Array.of(3, 4) },
  ];
  const frame = { run: id, lease: run.lease, seq: 1, step: 10, from: 0, kept: true, tensors };
  await client.get('frame', encodeFrame(frame));
  const event = { type: 'finished', step: 10, seconds: 1, evaluationLoss: [0.5], weightsHash: 'f'.repeat(64) };
  await client.get('publish', { run: id, lease: run.lease, event });
  return run;
}

test('two labs in one process know nothing of each other', async () => {
  const [one, two] = [await startTestLab(), await startTestLab()];
  const room = await one.newRoom();
  expect((await fetch(`${one.url}/api/rooms/${room}`)).status).toBe(200);
  expect((await fetch(`${two.url}/api/rooms/${room}`)).status).toBe(404);
});

test('P48 a restart keeps the document and the newest run with its frames', async () => {
  const restart = createRestarts();
  const before = await restart();
  const room = await before.newRoom();
  const ada = await connectClient(before.url);
  const { ticket } = await ada.join(room);
  const { doc, provider } = openDocument(before.url, room, ticket);
  await vi.waitFor(() => expect(readLab(doc)).toBeDefined());
  setParameters(doc, 'first', { n: 11 }, 'ada');
  const run = await trainToTheEnd(ada);
  await vi.waitFor(async () => expect((await nOf(before, room)) === 11).toBe(true));
  provider.destroy();
  await before.close();

  const after = await restart();
  expect(await nOf(after, room)).toBe(11);
  const bob = await connectClient(after.url);
  const snapshot = present((await bob.join(room)).run, 'the run');
  expect(snapshot.record).toMatchObject({ id: run.record.id, status: { phase: 'finished', evaluationLoss: [0.5] } });
  const frames = await bob.get<Uint8Array>('timeline', { run: run.record.id, tensors: ['b'], instances: [0] });
  expect(unpackFrames(frames)).toHaveLength(1);
});

/** The parameter n, as a newcomer reads it. */
async function nOf(lab: TestLab, room: Parameters<Client['join']>[0]): Promise<unknown> {
  const { ticket } = await (await connectClient(lab.url)).join(room);
  const { doc, provider } = openDocument(lab.url, room, ticket);
  await vi.waitFor(() => expect(readLab(doc)).toBeDefined());
  provider.destroy();
  return readLab(doc)?.agenda[0]?.set['n'];
}

test('P17 closing tells everyone, sends documents away with 4503, and takes less than two seconds', async () => {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const ada = await connectClient(lab.url);
  const { ticket } = await ada.join(room);
  const document = await openBareDocument(lab.url, `${room}/lab?ticket=${ticket}`);
  const asked = Date.now();
  await lab.close();
  expect(Date.now() - asked).toBeLessThan(2_000);
  expect(await document.closed).toBe(CLOSE.draining);
  expect(ada.heard('draining')).toHaveLength(1);
  await vi.waitFor(() => expect(ada.socket.connected).toBe(false));
});

test('an empty room is put away and comes back as it was', async () => {
  const lab = await startTestLab({ linger: 20 });
  const room = await lab.newRoom();
  const ada = await connectClient(lab.url);
  await ada.join(room, { name: 'Ada' });
  const run = await trainToTheEnd(ada);
  const rooms = async (): Promise<unknown> =>
    ((await (await fetch(`${lab.url}/api/health`)).json()) as { rooms: number }).rooms;
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await rooms()).toBe(1);
  ada.close();
  await vi.waitFor(async () => expect(await rooms()).toBe(0));
  const back = await (await connectClient(lab.url)).join(room);
  expect(back.run?.record.id).toBe(run.record.id);
});

test('a server that holds all the rooms it can says so', async () => {
  const lab = await startTestLab({ limits: { openRooms: 1 } });
  const [one, two] = [await lab.newRoom(), await lab.newRoom()];
  const ada = await connectClient(lab.url);
  await ada.join(one);
  const refusal = await ada.refused('join', { protocol: 1, room: two, name: 'Ada', colour: 0, seat: true });
  expect(refusal.code).toBe('limit');
});

test('S13 a server takes so many connections, and takes another when one has gone', async () => {
  const lab = await startTestLab({ limits: { connections: 2 } });
  const [ada] = [await connectClient(lab.url), await connectClient(lab.url)];
  await expect(connectClient(lab.url)).rejects.toThrow();
  ada.close();
  await vi.waitFor(() => connectClient(lab.url));
});

test('pages get everything that is not the lab’s own, and upgrades that are nobody’s are ended', async () => {
  const upgraded: (string | undefined)[] = [];
  const web: Web = {
    serve: (request, response) => Promise.resolve(void response.end(`page ${request.url ?? ''}`)),
    upgrade: (request, socket) => {
      upgraded.push(request.url);
      socket.destroy();
    },
    close: () => Promise.resolve(),
  };
  const lab = await startTestLab({ web });
  const page = await fetch(`${lab.url}/rooms/x`);
  expect(await page.text()).toBe('page /rooms/x');
  expect(page.headers.getSetCookie()).toHaveLength(1);
  expect((await fetch(`${lab.url}/_next/static/x.js`)).headers.getSetCookie()).toHaveLength(0);
  expect((await fetch(`${lab.url}/api/nothing`)).status).toBe(404);
  for (const address of ['/_next/hmr', '/rooms/x', '/live', '/docsX']) await cutOff(`${lab.url}${address}`);
  expect(upgraded).toEqual(['/_next/hmr']);
});

/** Resolves when a WebSocket was refused there. */
const cutOff = (url: string): Promise<void> =>
  new Promise((resolve) => new WebSocket(url.replace('http', 'ws')).once('error', () => resolve()));

const DAY_MS = 86_400_000;

/** Servers one after the other on the same rooms, each on another day; `visit` opens rooms on one. */
async function overDays(rooms: number): Promise<{
  readonly ids: readonly RoomId[];
  readonly visit: (day: number, ids: readonly RoomId[]) => Promise<number[]>;
}> {
  const storage = createMemoryStorage();
  const began = Date.now();
  const first = await startTestLab({ storage });
  const ids = await Promise.all(Array.from({ length: rooms }, () => first.newRoom()));
  await first.close();
  return {
    ids,
    async visit(day, visited) {
      const lab = await startTestLab({ storage, now: () => began + day * DAY_MS });
      const answers = await Promise.all(visited.map((id) => fetch(`${lab.url}/api/rooms/${id}`)));
      await lab.close();
      return answers.map(({ status }) => status);
    },
  };
}

test('S17 P121 a room that nobody opens for ninety days expires; one that was opened in between does not', async () => {
  const { ids, visit } = await overDays(2);
  const [kept = '' as RoomId, left = '' as RoomId] = ids;
  for (const day of [10, 20, 30, 40, 50, 60, 70, 80]) expect(await visit(day, [kept])).toEqual([200]);
  expect(await visit(91, [left, kept])).toEqual([404, 200]);
});

test('P121 a server that was away for longer than rooms may be idle deletes none of them at once', async () => {
  const { ids, visit } = await overDays(2);
  const [kept = '' as RoomId, left = '' as RoomId] = ids;
  expect(await visit(400, [kept])).toEqual([200]);
  expect(await visit(413, [kept])).toEqual([200]);
  expect(await visit(415, [left, kept])).toEqual([404, 200]);
});

test('P121 a room in which somebody stays for longer than that is not deleted when they leave', async () => {
  const storage = createMemoryStorage();
  let now = Date.now();
  const lab = await startTestLab({ storage, now: () => now, linger: 0 });
  const room = await lab.newRoom();
  const ada = await connectClient(lab.url);
  await ada.join(room);
  now += 100 * DAY_MS;
  ada.close();
  await vi.waitFor(async () => expect(await storage.roomsIdleSince(now)).toEqual([]));
});

test('P122 who opens a room shortly before its end is told when that would have been', async () => {
  const storage = createMemoryStorage();
  let now = Date.now();
  const opened = now;
  const lab = await startTestLab({ storage, now: () => now, linger: 0 });
  const room = await lab.newRoom();
  const spared = async (): Promise<number | null> => {
    const client = await connectClient(lab.url);
    const reply = await client.join(room);
    client.close();
    await vi.waitFor(async () => {
      const { rooms } = (await (await fetch(`${lab.url}/api/health`)).json()) as { rooms: number };
      expect(rooms).toBe(0);
    });
    return reply.spared;
  };
  expect(await spared()).toBeNull();
  now += 80 * DAY_MS;
  const end = await spared();
  expect(Math.abs((end ?? 0) - (opened + 90 * DAY_MS))).toBeLessThan(60_000);
  expect(await spared()).toBeNull();
});
