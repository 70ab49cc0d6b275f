/** A document of a room: its connection, and how much of what was written here is on the server's disk. */
import * as decoding from 'lib0/decoding';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { RoomId } from '#lib/base/id';
import { createHistory, type History, type HistoryState } from '#lib/room/history';
import { observeLab } from '#lib/room/lab';
import { DOCUMENT_MESSAGE, DOCUMENT_PATH, type DocumentName } from '#lib/wire/protocol';
import { openLocalCopy, type LocalCopy } from './local-copy.ts';

/** One document of the room, as this client has it. */
export interface SharedDocument {
  readonly doc: Y.Doc;
  /** Origin of this client's own changes. */
  readonly origin: object;
  /** Which beginning of the room's document this is; null: it has not been joined. */
  readonly epoch: () => number | null;
  /** Joins with a ticket, or changes to another one. `keep`: a copy is kept on this device. */
  readonly connect: (ticket: string, epoch: number, keep: boolean) => Promise<void>;
  /** Ends it, and with `forget` removes it from this device. */
  readonly close: (forget: boolean) => void;
}

export interface SharedDocumentHandlers {
  readonly changed: () => void;
  /** Edits of this client that are not on the server's disk yet. */
  readonly unsaved: (count: number) => void;
  /** The server ended the connection for good, with one of `CLOSE`'s 44xx. */
  readonly closed: (code: number) => void;
}

/** `lab`, whose changes can be taken back. */
export interface LabDocument extends SharedDocument {
  readonly history: History;
}

export interface LabDocumentHandlers extends SharedDocumentHandlers {
  readonly history: (state: HistoryState) => void;
}

export interface DocumentAddress {
  /** Where the server is, e.g. `http://localhost:3000`. */
  readonly origin: string;
  readonly room: RoomId;
}

/** ms; y-websocket's backoff has no jitter: each client takes its own bound, or a restart brings everyone back in the same 200 ms. */
const BACKOFF_MS = { least: 1_000, spread: 2_500 };

export function createLabDocument(
  address: DocumentAddress,
  handlers: LabDocumentHandlers,
  random: () => number,
): LabDocument {
  const shared = createSharedDocument(address, 'lab', handlers, random);
  const history = createHistory(shared.doc, shared.origin, handlers.history);
  return {
    ...shared,
    history,
    close(forget) {
      history.close();
      shared.close(forget);
    },
  };
}

export function createSharedDocument(
  { origin, room }: DocumentAddress,
  name: DocumentName,
  handlers: SharedDocumentHandlers,
  random: () => number,
): SharedDocument {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${origin.replace(/^http/, 'ws')}${DOCUMENT_PATH}`, `${room}/${name}`, doc, {
    connect: false,
    // Between tabs everything goes through the server, which knows who may write.
    disableBc: true,
    maxBackoffTime: BACKOFF_MS.least + random() * BACKOFF_MS.spread,
  });
  // Presence goes over Socket.IO, stamped by the server: awareness stays silent.
  provider.awareness.setLocalState(null);
  const ledger = createLedger(provider, doc, handlers.unsaved);
  provider.on('closed', ({ code }) => {
    handlers.closed(code);
  });
  const stopObserving = observeLab(doc, handlers.changed);
  let ticket = '';
  let epoch: number | null = null;
  let copy: LocalCopy | null = null;
  let closed = false;

  return {
    doc,
    origin: {},
    epoch: () => epoch,
    async connect(next, nextEpoch, keep) {
      epoch = nextEpoch;
      if (keep) {
        // What was kept goes out with the new ticket: the old one may be of a role that is refused it.
        if (copy === null) provider.disconnect();
        copy ??= openLocalCopy({ room, name, epoch }, doc);
        await copy.loaded;
      }
      // Whoever may not write has nothing to keep.
      else {
        copy?.forget();
        copy = null;
      }
      if (closed || (next === ticket && provider.shouldConnect)) return;
      ticket = next;
      provider.params = { ticket };
      provider.disconnect();
      provider.connect();
    },
    close(forget) {
      closed = true;
      if (forget) copy?.forget();
      copy?.close();
      stopObserving();
      ledger.close();
      provider.destroy();
      doc.destroy();
    },
  };
}

/**
 * Counts document messages out (each update, and the SyncStep2 that answers the server's SyncStep1) against the server's
 * "durable up to n". What is written while offline goes out inside the next SyncStep2.
 */
function createLedger(provider: WebsocketProvider, doc: Y.Doc, unsaved: (count: number) => void): { close(): void } {
  let sent = 0;
  let durable = 0;
  let offline = 0;
  const owed = (): number => offline + Math.max(0, sent - durable);
  const tell = (): void => {
    unsaved(owed());
  };
  const written = (_update: Uint8Array, origin: unknown): void => {
    if (origin === provider) return;
    if (provider.wsconnected) sent++;
    else offline++;
    tell();
  };
  const handleSync = provider.messageHandlers[DOCUMENT_MESSAGE.sync];
  provider.messageHandlers[DOCUMENT_MESSAGE.sync] = (encoder, decoder, from, emitSynced, type) => {
    const isSyncStep1 = decoder.arr[decoder.pos] === 0;
    handleSync?.(encoder, decoder, from, emitSynced, type);
    if (!isSyncStep1) return;
    // Where nothing was written, the answer holds nothing that could be lost: it counts as durable.
    if (owed() === 0) durable++;
    sent++;
    offline = 0;
    tell();
  };
  provider.messageHandlers[DOCUMENT_MESSAGE.durable] = (_encoder, decoder) => {
    durable = decoding.readVarUint(decoder);
    tell();
  };
  const reset = ({ status }: { status: string }): void => {
    if (status === 'connected') return;
    // Unacknowledged updates may or may not have arrived; the next SyncStep2 carries them again.
    offline += Math.max(0, sent - durable);
    sent = 0;
    durable = 0;
    tell();
  };
  doc.on('update', written);
  provider.on('status', reset);
  return {
    close: () => {
      doc.off('update', written);
    },
  };
}
