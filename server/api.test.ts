import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { readLab, type LabView } from '#lib/room/lab';
import { connectClient, openPage, startTestLab } from './lab.fixture.ts';
import { createMemoryStorage } from './storage/memory.ts';
import type { StoredRoom } from './storage/storage.ts';

test('health says what runs, where, and how much', async () => {
  const lab = await startTestLab();
  await (await connectClient(lab.url)).join(await lab.newRoom());
  const response = await fetch(`${lab.url}/api/health`);
  expect(await response.json()).toEqual({
    status: 'ok',
    version: '0.0.0',
    commit: 'test',
    uptime: expect.any(Number) as number,
    node: process.version,
    engines: [{ name: 'cranked', device: 'by hand', place: 'server' }],
    memory: expect.any(Number) as number,
    eventLoop: { p50: expect.any(Number) as number, p99: expect.any(Number) as number },
    rooms: 1,
    people: 1,
    runs: 0,
    queue: { training: 0, waiting: 0 },
  });
});

test('S3 P1 P4 a room is opened and described by its id, none is listed, and what is not there is 404', async () => {
  const lab = await startTestLab();
  const created = await fetch(`${lab.url}/api/rooms`, { method: 'POST', body: '{"experiment":"introduction"}' });
  expect(created.status).toBe(201);
  const { room } = (await created.json()) as { room: string };
  expect(room).toMatch(/^[\w-]{22}$/);
  const described = await fetch(`${lab.url}/api/rooms/${room}`);
  expect(await described.json()).toMatchObject({ room, experiment: 'introduction' });
  for (const path of [
    'rooms/AAAAAAAAAAAAAAAAAAAAAA',
    'rooms/short',
    'rooms',
    'nothing',
    'health/more',
    `rooms/${room}/x`,
  ]) {
    const response = await fetch(`${lab.url}/api/${path}`);
    expect(response.status, path).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'not-found' } });
  }
});

test('P4 a wrong body is refused by the name of its field', async () => {
  const lab = await startTestLab();
  const cases: readonly [body: string, field: string | undefined][] = [
    ['{"experiment":"nothing"}', 'experiment'],
    ['{"parameters":{"n":5000}}', 'parameters.n'],
    ['{"parameters":{"constructor":1}}', 'parameters.constructor'],
    ['{"parameters":{"nn":1}}', 'parameters.nn'],
    ['[]', ''],
    ['{', undefined],
  ];
  for (const [body, field] of cases) {
    const response = await fetch(`${lab.url}/api/rooms`, { method: 'POST', body });
    expect(response.status, body).toBe(400);
    const { error } = (await response.json()) as { error: { field?: string } };
    expect(error.field, body).toBe(field);
  }
});

test('S13 P5 a session opens so many rooms in an hour, and a body has so many bytes', async () => {
  const lab = await startTestLab({ limits: { roomsPerHour: 2 } });
  const headers = await openPage(lab.url);
  const open = async (body?: string): Promise<number> =>
    (await fetch(`${lab.url}/api/rooms`, { method: 'POST', headers, ...(body === undefined ? {} : { body }) })).status;
  expect(await open(JSON.stringify({ experiment: 'x'.repeat(70_000) }))).toBe(400);
  expect([await open(), await open(), await open()]).toEqual([201, 201, 429]);
  expect((await fetch(`${lab.url}/api/rooms`, { method: 'POST' })).status).toBe(201);
});

test('P5 everyone together opens so many', async () => {
  const lab = await startTestLab({ limits: { roomsPerHourInAll: 1 } });
  const open = async (): Promise<number> => (await fetch(`${lab.url}/api/rooms`, { method: 'POST' })).status;
  expect([await open(), await open()]).toEqual([201, 429]);
});

test('P120 a duplicate has the values of its room and nothing else of it, and counts as a new room', async () => {
  const storage = createMemoryStorage();
  const lab = await startTestLab({ storage, limits: { roomsPerHour: 2 } });
  const headers = await openPage(lab.url);
  const post = (path: string, body = ''): Promise<Response> =>
    fetch(`${lab.url}/api/rooms${path}`, { method: 'POST', headers, body });
  const { room } = (await (await post('', '{"parameters":{"n":7}}')).json()) as { room: string };
  const duplicated = await post(`/${room}/duplicate`);
  expect(duplicated.status).toBe(201);
  const { room: copy } = (await duplicated.json()) as { room: RoomId };
  expect(copy).not.toBe(room);
  const [original, other] = await Promise.all([storage.loadRoom(room as RoomId), storage.loadRoom(copy)]);
  expect(viewOf(present(other, 'the copy'))).toEqual(viewOf(present(original, 'the room')));
  expect(viewOf(present(other, 'the copy'))?.agenda[0]?.set['n']).toBe(7);
  expect((await post(`/${room}/duplicate`)).status).toBe(429);
  expect((await post('/AAAAAAAAAAAAAAAAAAAAAA/duplicate')).status).toBe(404);
});

function viewOf({ documents: { lab } }: StoredRoom): LabView | undefined {
  const doc = new Y.Doc();
  for (const update of lab.updates) Y.applyUpdate(doc, update);
  return readLab(doc);
}
