/** The folder of a server's data: what lies in it, and that one server at a time uses it. */
import Database from 'libsql';
import path from 'node:path';
import { CannotStart, isCode } from './config.ts';

export const databaseIn = (dataDir: string): string => path.join(dataDir, 'polytope.db');

/**
 * Takes the folder for this process, until the returned function is called. Throws `CannotStart` where another has it. What is
 * held is a lock of the operating system: it ends with its process however that ends, a number of a process that another got
 * meanwhile cannot be mistaken for it, and it holds between containers that share the folder.
 */
export function claimData(dataDir: string): () => void {
  const file = path.join(dataDir, 'in-use');
  const lock = new Database(file);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!isCode(error, 'SQLITE_BUSY')) throw error;
    throw new CannotStart(`DATA_DIR ${dataDir} is in use by another server: stop that one, or set another DATA_DIR.`, {
      cause: error,
    });
  }
  return () => {
    lock.close();
  };
}
