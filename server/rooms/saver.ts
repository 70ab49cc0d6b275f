/**
 * Puts a document's updates on disk and says when they are there. A full or broken disk is asked again, and nobody is told
 * "saved" meanwhile; that a later update may get there first does no harm, since Yjs applies them in any order.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { StoredDocument } from '../storage/storage.ts';

export interface Saver {
  save(update: Uint8Array): void;
  /** Writes the whole document in place of its updates at once, where these are too large together to be left lying. */
  relieve(state: () => Uint8Array): void;
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
  /** bytes of updates from which on they are too large */
  readonly tooLarge: number;
  /** ms between two attempts at a full or broken disk */
  readonly retryAfter?: number;
  /** rows from which on a document is compacted when it is put away: fewer load as fast as one */
  readonly compactAfter?: number;
}

export function createSaver(
  { append, replace, failed, tooLarge, retryAfter = 1_000, compactAfter = 64 }: SaverDependencies,
  stored: StoredDocument,
): Saver {
  let { last } = stored;
  let rows = stored.updates.length;
  let bytes = stored.updates.reduce((sum, { length }) => sum + length, 0);
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

  /** Any time will do: the state has all that is on disk up to `last`, and what it has beyond that does no harm twice. */
  async function writeWhole(state: Uint8Array): Promise<void> {
    rows = 1;
    bytes = state.length;
    await replace(last, state);
  }

  return {
    save(update) {
      bytes += update.length;
      tail = Promise.all([tail, write(update)]);
    },
    settled: () => tail.then(() => undefined),
    relieve(state) {
      if (bytes > tooLarge) writeWhole(state()).catch(failed);
    },
    async compact(state) {
      if (rows >= compactAfter) await writeWhole(state());
    },
  };
}
