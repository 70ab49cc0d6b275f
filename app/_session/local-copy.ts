/** A document's copy on this device, so that what was written offline survives a reload. Where storage is forbidden there is none. */
import { clearDocument, IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import type { RoomId } from '#lib/base/id';
import { readLab, type LabView } from '#lib/room/lab';
import type { DocumentName } from '#lib/wire/protocol';

export interface LocalCopy {
  /** Resolves when what was kept is in the document, or could not be had. */
  readonly loaded: Promise<void>;
  readonly close: () => void;
  /** Removes it from this device. */
  readonly forget: () => void;
}

/** ms; nobody waits longer for a device's own storage. */
const PATIENCE_MS = 1_000;

export interface CopyAddress {
  readonly room: RoomId;
  readonly name: DocumentName;
  readonly epoch: number;
}

const prefixOf = ({ room, name }: CopyAddress): string => `polytope:${room}:${name}:`;

/** Named after the epoch: what was written to another beginning of the document must never meet this one. */
const nameOf = (address: CopyAddress): string => `${prefixOf(address)}${address.epoch}`;

const NO_COPY: LocalCopy = { loaded: Promise.resolve(), close: () => undefined, forget: () => undefined };

/** What a copy of `lab` says that can no longer be merged; undefined: nothing. It is removed from this device. */
export async function takeLocalCopy(room: RoomId, epoch: number): Promise<LabView | undefined> {
  const doc = new Y.Doc();
  const copy = open({ room, name: 'lab', epoch }, doc);
  await copy.loaded;
  copy.forget();
  return readLab(doc);
}

/** Of the document's present beginning: copies of others are removed from this device. */
export function openLocalCopy(address: CopyAddress, doc: Y.Doc): LocalCopy {
  if ('indexedDB' in globalThis) void clearOthers(address).catch(() => undefined);
  return open(address, doc);
}

function open(address: CopyAddress, doc: Y.Doc): LocalCopy {
  if (!('indexedDB' in globalThis)) return NO_COPY;
  const kept = new IndexeddbPersistence(nameOf(address), doc);
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
  const ignore = (): void => undefined;
  return {
    loaded: Promise.race([kept.whenSynced.then(ignore, ignore), patience]),
    close: () => void kept.destroy().catch(ignore),
    forget: () => void kept.clearData().catch(ignore),
  };
}

/** Copies of other beginnings, which can never be merged any more. */
async function clearOthers(address: CopyAddress): Promise<void> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name === undefined ? [] : [name]));
  const others = names.filter((name) => name.startsWith(prefixOf(address)) && name !== nameOf(address));
  await Promise.all(others.map(clearDocument));
}
