import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { RoomId } from '#lib/base/id';
import { newAccess } from '#lib/room/access';
import * as Y from 'yjs';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { seedLab } from '#lib/room/lab';
import { claimData, databaseIn } from '../data.ts';
import { openLibsqlStorage } from '../storage/libsql.ts';

const POLYTOPE = fileURLToPath(new URL('./polytope.ts', import.meta.url));
const ROOM = 'AAAAAAAAAAAAAAAAAAAAAA' as RoomId;

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'polytope-operator-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function polytope(dataDir: string, ...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', POLYTOPE, ...args], {
    env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production', DATA_DIR: dataDir },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

/** A folder of data with one room in it. */
async function withRoom(title: string): Promise<string> {
  const folder = newFolder();
  const storage = await openLibsqlStorage(databaseIn(folder));
  await storage.createRoom(ROOM, seed(title), newAccess(null));
  await storage.close();
  return folder;
}

function seed(title: string): Uint8Array {
  const doc = new Y.Doc();
  seedLab(doc, { title, experiment: 'introduction', parameters: DEFAULT_PARAMETERS }, 'test');
  return Y.encodeStateAsUpdate(doc);
}

const titles = (dataDir: string): string[] =>
  (JSON.parse(polytope(dataDir, 'rooms', '--json').out) as { rooms: { title: string }[] }).rooms.map(
    ({ title }) => title,
  );

test('rooms are listed with title, size, last use and end', async () => {
  const folder = await withRoom('Monday seminar');
  const { rooms } = JSON.parse(polytope(folder, 'rooms', '--json').out) as { rooms: Record<string, number>[] };
  expect(rooms).toMatchObject([{ room: ROOM, title: 'Monday seminar' }]);
  expect((rooms[0]?.['expiresAt'] ?? 0) - (rooms[0]?.['usedAt'] ?? 0)).toBe(90 * 86_400_000);
  expect(polytope(folder, 'rooms').out).toMatch(/^A{22} {2}20\d\d-\d\d-\d\d {2}until .* kB {2}Monday seminar\n$/);
}, 60_000);

test('a backup, restored elsewhere, has the rooms; nothing is overwritten unasked', async () => {
  const folder = await withRoom('Monday seminar');
  const file = path.join(newFolder(), 'copy.db');
  expect(polytope(folder, 'backup', file)).toMatchObject({ status: 0, out: `${file}\n` });
  expect(polytope(folder, 'backup', file)).toMatchObject({
    status: 2,
    err: `${file} is there already: name a file that is not.\n`,
  });

  // Whoever reads it can open the rooms in it.
  expect(statSync(file).mode & 0o077).toBe(0);

  const elsewhere = await withRoom('Another');
  expect(polytope(elsewhere, 'restore', file)).toMatchObject({ status: 2 });
  expect(titles(elsewhere)).toEqual(['Another']);
  expect(polytope(elsewhere, 'restore', file, '--force').status).toBe(0);
  expect(titles(elsewhere)).toEqual(['Monday seminar']);
  expect(readdirSync(elsewhere).filter((name) => name.includes('.before-'))).not.toEqual([]);
}, 60_000);

test('a backup of a server that works has everything it had acknowledged, and what is still in the log is restored too', async () => {
  const folder = newFolder();
  const working = await openLibsqlStorage(databaseIn(folder));
  onTestFinished(() => working.close());
  await working.createRoom(ROOM, seed('Monday seminar'), newAccess(null));
  const copy = path.join(newFolder(), 'copy.db');
  expect(polytope(folder, 'backup', copy).status).toBe(0);
  const [fromCopy, fromLive] = [newFolder(), newFolder()];
  expect(polytope(fromCopy, 'restore', copy).status).toBe(0);
  // Somebody's own copy of the files, with the write-ahead log beside.
  const raw = path.join(newFolder(), 'raw.db');
  for (const suffix of ['', '-wal']) copyFileSync(databaseIn(folder) + suffix, raw + suffix);
  expect(polytope(fromLive, 'restore', raw).status).toBe(0);
  expect([titles(fromCopy), titles(fromLive)]).toEqual([['Monday seminar'], ['Monday seminar']]);
  expect(readdirSync(fromCopy)).not.toContain('polytope.db.incoming');
}, 60_000);

test('what is no backup is refused in one sentence, and changes nothing', async () => {
  const folder = await withRoom('Monday seminar');
  const file = path.join(newFolder(), 'nonsense.db');
  writeFileSync(file, 'nonsense');
  for (const args of [['restore', file, '--force'], ['restore', `${file}x`, '--force'], ['restore'], ['backup']]) {
    const { status, err } = polytope(folder, ...args);
    expect([status, err.trim().split('\n').length]).toEqual([2, 1]);
  }
  expect(titles(folder)).toEqual(['Monday seminar']);
}, 60_000);

test('a folder is for one server at a time; that of a killed one is free', async () => {
  const folder = newFolder();
  const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', HOLD, folder], {
    cwd: path.dirname(POLYTOPE),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const inUse = `DATA_DIR ${folder} is in use by another server: stop that one, or set another DATA_DIR.`;
  expect(() => claimData(folder)).toThrow(inUse);
  expect(polytope(folder, 'restore', path.join(folder, 'any.db'))).toEqual({ status: 2, out: '', err: `${inUse}\n` });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const letGo = claimData(folder);
  expect(() => claimData(folder)).toThrow(inUse);
  letGo();
  claimData(folder)();
}, 60_000);

/** Takes the folder named on the command line, says so, and stays. */
const HOLD = `
  const { claimData } = await import('../data.ts');
  const letGo = claimData(process.argv[1]);
  console.log('held');
  setInterval(() => letGo, 1_000);
`;
