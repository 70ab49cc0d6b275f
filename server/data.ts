/** The folder of a server's data: what lies in it, and that one server at a time uses it. */
import path from 'node:path';
import { CannotStart } from './config.ts';
import { takeLock } from './storage/lock.ts';

export const databaseIn = (dataDir: string): string => path.join(dataDir, 'polytope.db');

/** Takes the folder for this process, until the returned function is called. Throws `CannotStart` where another has it. */
export function claimData(dataDir: string): () => void {
  const letGo = takeLock(path.join(dataDir, 'in-use'));
  if (letGo !== undefined) return letGo;
  throw new CannotStart(`DATA_DIR ${dataDir} is in use by another server: stop that one, or set another DATA_DIR.`);
}
