/**
 * Puts a document's updates on disk and says when they are there. A full or broken disk is asked again, and nobody is told
 * "saved" meanwhile; that a later update may get there first does no harm, since Yjs applies them in any order.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { StoredDocument } from '../storage/storage.ts';

export interface Saver {
  save(update: Uint8Array): void;
  /** Resolves when everything saved so far is on disk. */
  settled(): Promise<void>;
  /** Writes the whole document in place of its updates, when many have come since it was loaded. */
  compact(state: () => Uint8Array): Promise<void>;
}

export interface SaverDependencies {
  /** Resolves to the update's position once it is durable. */
  readonly append: (update: Uint8Array) => Promise<number>;
  readonly replace: (through: number, state: Uint8Array) => Promise<void>;
  readonly failed: (error: unknown) => void;
  /** ms between two attempts at a full or broken disk */
  readonly retryAfter?: number;
  /** rows from which on a document is compacted when it is put away: fewer load as fast as one */
  readonly compactAfter?: number;
}

export function createSaver(
  { append, replace, failed, retryAfter = 1_000, compactAfter = 64 }: SaverDependencies,
  stored: StoredDocument,
): Saver {
  let { last } = stored;
  let rows = stored.updates.length;
  let tail: Promise<unknown> = Promise.resolve();

  async function write(update: Uint8Array): Promise<void> {
    for (;;) {
      try {
        last = Math.max(last, await append(update));
        rows++;
        return;
      } catch (error) {
        failed(error);
        await wait(retryAfter);
      }
    }
  }

  return {
    save(update) {
      tail = Promise.all([tail, write(update)]);
    },
    settled: () => tail.then(() => undefined),
    async compact(state) {
      if (rows >= compactAfter) await replace(last, state());
    },
  };
}
