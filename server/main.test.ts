import Database from 'libsql';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'polytope-main-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A server that does not come up: what it says on stderr, and how it ends. */
async function startInVain(environment: Record<string, string>): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production', PORT: '0', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  return { code, said };
}

test('a port in use is said in one sentence, with exit code 1', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const PORT = String((holder.address() as AddressInfo).port);
  expect(await startInVain({ DATA_DIR: newFolder(), HOST: '127.0.0.1', PORT })).toEqual({
    code: 1,
    said: `Port ${PORT} is in use: stop what runs there, or set PORT to another.\n`,
  });
});

test('a database from a newer version is said in one sentence and left as it was', async () => {
  const DATA_DIR = newFolder();
  const file = path.join(DATA_DIR, 'polytope.db');
  const database = new Database(file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  const before = readFileSync(file);
  const { code, said } = await startInVain({ DATA_DIR });
  expect(said).toMatch(/^The database \S+ cannot be used: it was written by a newer version of Polytope; .*\.\n$/);
  expect(code).toBe(1);
  expect(readFileSync(file)).toEqual(before);
});

test('a DATA_DIR that cannot be written is said in one sentence', async () => {
  const file = path.join(newFolder(), 'file');
  writeFileSync(file, '');
  const { code, said } = await startInVain({ DATA_DIR: file });
  expect(said).toMatch(/^DATA_DIR \S+ cannot be written: .*\.\n$/);
  expect(code).toBe(1);
});
