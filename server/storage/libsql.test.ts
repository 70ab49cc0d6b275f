import Database from 'libsql';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { newAccess } from '#lib/room/access';
import type { RunRecord } from '#lib/runs/record';
import { openDatabase } from './database.ts';
import { openLibsqlStorage } from './libsql.ts';
import { copyDatabase, listRooms } from './reader.ts';
import { MIGRATIONS } from './schema.ts';
import { describeStorage } from './storage.contract.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'polytope-storage-'));
afterAll(() => rmSync(folder, { recursive: true }));
const newFile = (name: string): string => path.join(mkdtempSync(path.join(folder, 'db-')), name);

describeStorage('libsql', () => openLibsqlStorage(newFile('lab.db')));

const WRITER = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url));

test('every update acknowledged before a SIGKILL is there after it', async () => {
  const file = newFile('killed.db');
  for (let round = 0; round < 3; round++) {
    const acknowledged = [...(await writeUntilKilled(file))];
    const storage = await openLibsqlStorage(file);
    const stored = present(await storage.loadRoom(ROOM), 'the room').documents.lab.updates.map((update) =>
      update.join(),
    );
    await storage.close();
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(stored).toEqual(expect.arrayContaining(acknowledged));
  }
  // Three processes are loaded, one after the other.
}, 120_000);

const ROOM = 'AAAAAAAAAAAAAAAAAAAAAA' as RoomId;

/** The updates that a writing process saw acknowledged before it was killed in the middle of its work. */
async function writeUntilKilled(file: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, file, ROOM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === 50) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return acknowledged;
}

test('a database from a newer version is refused in one sentence and left as it was', async () => {
  const file = newFile('newer.db');
  const database = new Database(file);
  database.exec('PRAGMA user_version = 99; CREATE TABLE t (x)');
  database.close();
  const before = readFileSync(file);
  await expect(openLibsqlStorage(file)).rejects.toThrow(/newer version of Polytope/);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a database from an older version is copied, then brought forward with everything in it', () => {
  const file = newFile('older.db');
  const older = openDatabase(file);
  older.together(() => older.createRoom(ROOM, Uint8Array.of(1, 2), newAccess(null)));
  older.close();
  const version = MIGRATIONS.length;
  const next = [...MIGRATIONS, 'ALTER TABLE rooms ADD COLUMN note TEXT;'];
  const newer = openDatabase(file, next);
  expect(newer.loadRoom(ROOM)?.documents.lab.updates).toEqual([Uint8Array.of(1, 2)]);
  newer.close();
  const copy = openDatabase(`${file}.version-${version}`);
  expect(copy.loadRoom(ROOM)?.documents.lab.updates).toEqual([Uint8Array.of(1, 2)]);
  copy.close();
  expect(() => openDatabase(file)).toThrow(/newer version/);
});

test('a run of the first version says who trained it, and its room who may do what, after both were brought forward', () => {
  const file = newFile('first.db');
  const database = new Database(file);
  database.exec(`${MIGRATIONS[0] ?? ''} PRAGMA user_version = 1;`);
  database.prepare('INSERT INTO rooms (id) VALUES (?)').run(ROOM);
  const insert = database.prepare('INSERT INTO runs (id, room, started_at, record, metrics) VALUES (?, ?, ?, ?, ?)');
  const ada = { id: 'ada', name: 'Ada' };
  insert.run('one', ROOM, 1, JSON.stringify({ place: 'browser', specHash: 'hash', startedBy: ada }), '[]');
  database.close();
  const forward = openDatabase(file);
  expect(forward.loadRoom(ROOM)?.access).toEqual(newAccess(null));
  expect(forward.loadRoom(ROOM)?.run?.record).toMatchObject({
    trainer: ada,
    lease: 1,
    handOver: null,
    amendments: [],
    presentHash: 'hash',
    source: null,
  });
  forward.close();
});

test('a migration that fails leaves the database as it was', () => {
  const file = newFile('failed.db');
  openDatabase(file).close();
  expect(() => openDatabase(file, [...MIGRATIONS, 'ALTER TABLE nothing ADD COLUMN x;'])).toThrow(/cannot be used/);
  const database = openDatabase(file);
  expect(database.loadRoom(ROOM)).toBeUndefined();
  database.close();
});

test('a copy that is made while a server writes is whole, and overwrites nothing', async () => {
  const file = newFile('live.db');
  const copy = newFile('copy.db');
  const storage = await openLibsqlStorage(file);
  await storage.createRoom(ROOM, Uint8Array.of(0), newAccess(null));
  const writing = Array.from({ length: 50 }, (_, i) => storage.append(ROOM, 'lab', Uint8Array.of(i)));
  await writing[9];
  copyDatabase(file, copy);
  expect(() => copyDatabase(file, copy)).toThrow(/is there already/);
  await Promise.all(writing);
  const opened = await openLibsqlStorage(copy);
  const { updates } = present(await opened.loadRoom(ROOM), 'the room').documents.lab;
  expect(updates.length).toBeGreaterThanOrEqual(10);
  expect(updates.slice(1).every((update, i) => update[0] === i)).toBe(true);
  expect(listRooms(copy)).toMatchObject([{ room: ROOM, title: '' }]);
  for (const each of [opened, storage]) await each.close();
});

test('of a room’s runs the newest hundred are kept, whoever starts how many', async () => {
  const file = newFile('runs.db');
  const storage = await openLibsqlStorage(file);
  await storage.createRoom(ROOM, Uint8Array.of(0), newAccess(null));
  const frame = { step: 1, bytes: Uint8Array.of(1) };
  const start = (i: number): Promise<void> => {
    const record = { id: `run ${i}`, room: ROOM, startedAt: i } as unknown as RunRecord;
    return storage.saveRun({ record, metrics: [], dropped: [], added: [frame], checkpoint: frame, picture: null });
  };
  await Promise.all(Array.from({ length: 120 }, (_, i) => start(i)));
  expect((await storage.loadRoom(ROOM))?.run?.record).toMatchObject({ id: 'run 119' });
  await storage.close();
  const database = new Database(file);
  expect(database.prepare('SELECT count(*) AS runs, min(started_at) AS oldest FROM runs').get()).toMatchObject({
    runs: 100,
    oldest: 20,
  });
  database.close();
});

test('a new database is not backed up', async () => {
  const file = newFile('new.db');
  await (await openLibsqlStorage(file)).close();
  expect(existsSync(`${file}.version-0`)).toBe(false);
});
