import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '#lib/experiments/ledger';

/** What `npm run claims` has written; null where nothing has been yet. */
export async function readLedger(): Promise<Ledger | null> {
  const text = await readFile(join(process.cwd(), 'lib/experiments/ledger.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Ledger);
}
