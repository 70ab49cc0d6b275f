/** A document's copy on this device, so that what was written offline survives a reload. Where storage is forbidden there is none. */
import { clearDocument, IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import type { RoomId } from '#lib/base/id';
import { readLab, type LabView } from '#lib/room/lab';

export interface LocalCopy {
  /** Resolves when what was kept is in the document, or could not be had. */
  readonly loaded: Promise<void>;
  readonly close: () => void;
  /** Removes it from this device. */
  readonly forget: () => void;
}

/** ms; nobody waits longer for a device's own storage. */
const PATIENCE_MS = 1_000;

/** Named after the epoch: what was written to another beginning of the document must never meet this one. */
const nameOf = (room: RoomId, epoch: number): string => `polytope:${room}:lab:${epoch}`;

const NO_COPY: LocalCopy = { loaded: Promise.resolve(), close: () => undefined, forget: () => undefined };

/** What a copy says that can no longer be merged; undefined: nothing. It is removed from this device. */
export async function takeLocalCopy(room: RoomId, epoch: number): Promise<LabView | undefined> {
  const doc = new Y.Doc();
  const copy = openLocalCopy(room, epoch, doc);
  await copy.loaded;
  copy.forget();
  return readLab(doc);
}

export function openLocalCopy(room: RoomId, epoch: number, doc: Y.Doc): LocalCopy {
  if (!('indexedDB' in globalThis)) return NO_COPY;
  const kept = new IndexeddbPersistence(nameOf(room, epoch), doc);
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
  const ignore = (): void => undefined;
  void clearDocument(nameOf(room, epoch - 1)).catch(ignore);
  return {
    loaded: Promise.race([kept.whenSynced.then(ignore, ignore), patience]),
    close: () => void kept.destroy().catch(ignore),
    forget: () => void kept.clearData().catch(ignore),
  };
}
