import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
  const doc = new Y.Doc();
  seedLab(doc, { title, experiment: 'introduction', parameters: DEFAULT_PARAMETERS }, 'test');
  await storage.createRoom(ROOM, Y.encodeStateAsUpdate(doc), newAccess(null));
  await storage.close();
  return folder;
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

  const elsewhere = await withRoom('Another');
  expect(polytope(elsewhere, 'restore', file)).toMatchObject({ status: 2 });
  expect(titles(elsewhere)).toEqual(['Another']);
  expect(polytope(elsewhere, 'restore', file, '--force').status).toBe(0);
  expect(titles(elsewhere)).toEqual(['Monday seminar']);
  expect(readdirSync(elsewhere).filter((name) => name.includes('.before-'))).not.toEqual([]);
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

test('a folder is for one server at a time; that of a killed one is free', () => {
  const folder = newFolder();
  const letGo = claimData(folder);
  const { status, err } = polytope(folder, 'restore', path.join(folder, 'any.db'));
  expect(status).toBe(2);
  expect(err).toContain(`is in use by process ${process.pid}: stop that server, or set another DATA_DIR.`);
  letGo();
  expect(existsSync(path.join(folder, 'lock'))).toBe(false);
  const gone = spawnSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' }).stdout.trim();
  writeFileSync(path.join(folder, 'lock'), gone);
  claimData(folder)();
}, 60_000);
