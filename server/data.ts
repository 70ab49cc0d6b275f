/** The folder of a server's data: what lies in it, and that one server at a time uses it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CannotStart, isCode } from './config.ts';

export const databaseIn = (dataDir: string): string => path.join(dataDir, 'polytope.db');

/** Takes the folder for this process, until the returned function is called. Throws `CannotStart` where another server has it. */
export function claimData(dataDir: string): () => void {
  const lock = path.join(dataDir, 'lock');
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => {
        rmSync(lock, { force: true });
      };
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
      refuseLiving(dataDir, lock);
      rmSync(lock, { force: true });
    }
  }
}

/** A server that was killed leaves its lock: the process that it names is gone, or, in a container, is this one. */
function refuseLiving(dataDir: string, lock: string): void {
  const holder = Number(readFileSync(lock, 'utf8'));
  if (holder === process.pid || !isAlive(holder)) return;
  throw new CannotStart(
    `DATA_DIR ${dataDir} is in use by process ${holder}: stop that server, or set another DATA_DIR. Where no such server runs, remove ${lock}.`,
  );
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch (error) {
    // It lives, and is another user's.
    return isCode(error, 'EPERM');
  }
}
