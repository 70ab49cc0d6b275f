/**
 * One document of a room, live: it takes messages of y-protocols from its peers, writes every change to disk before it
 * acknowledges it, and passes it on to the others. Who may write is a property of the peer, never of a field.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import type { PersonId } from '#lib/base/id';
import type { Role } from '#lib/room/roles';
import { CLOSE, DOCUMENT_MESSAGE } from '#lib/wire/protocol';
import type { NotesGuard } from '#lib/room/notes';
import type { Limits } from '#lib/wire/limits';
import { createBucket, type Bucket } from '../rate.ts';
import type { Saver } from './saver.ts';

/** One connection to the document. */
export interface Peer {
  readonly person: PersonId;
  /** As which it was opened. */
  readonly role: Role;
  readonly mayEdit: boolean;
  /** May change what is another's, where a document's entries have owners. */
  readonly moderates: boolean;
  send(message: Uint8Array): void;
  close(code: number, reason: string): void;
}

export interface LiveDocument {
  readonly doc: Y.Doc;
  /** Which beginning of the document this is. */
  readonly epoch: number;
  /** A peer too many is told to come back later. */
  connect(peer: Peer): void;
  /** Any bytes; what is not a message of the protocol closes the peer. */
  receive(peer: Peer, message: Uint8Array): void;
  disconnect(peer: Peer): void;
  /** Closes what was opened as what its person no longer is, or not yet was: they join again. */
  review(isStill: (person: PersonId, role: Role) => boolean): void;
  peers(): number;
  /** Tells every peer to come back later, and waits for the disk. */
  close(): Promise<void>;
}

/** What is owed to one peer. */
interface Account {
  /** SyncStep2 and Update messages of this peer so far. */
  received: number;
  /** The newest of them waits for an update that has not come yet. */
  withheld: boolean;
  /** How often it may still be told the whole document. */
  readonly states: Bucket;
}

export interface DocumentDependencies {
  readonly saver: Saver;
  readonly limits: Limits;
  /** Which beginning of the document this is. */
  readonly epoch: number;
  readonly now: () => number;
  /** Holds updates to rules about what is in them. Without it, whoever may edit may write anything. */
  readonly guard?: NotesGuard;
  /** A person's edit is in the document. */
  readonly wrote?: (person: PersonId) => void;
}

export function createDocument(
  doc: Y.Doc,
  { saver, limits, epoch, now, guard, wrote }: DocumentDependencies,
): LiveDocument {
  const accounts = new Map<Peer, Account>();
  let size = Y.encodeStateAsUpdate(doc).length;

  doc.on('update', (update: Uint8Array, origin: unknown) => {
    size += update.length;
    saver.save(update);
    saver.relieve(() => Y.encodeStateAsUpdate(doc));
    const message = updateMessage(update);
    for (const peer of accounts.keys()) if (peer !== origin) peer.send(message);
  });

  function receive(peer: Peer, message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    const type = decoding.readVarUint(decoder);
    if (type === DOCUMENT_MESSAGE.sync) receiveSync(peer, decoder);
    // Awareness, and asking for it: people are told of each other over Socket.IO, stamped by the server.
    else if (type !== DOCUMENT_MESSAGE.awareness && type !== QUERY_AWARENESS) throw new Error(`message type ${type}`);
  }

  function receiveSync(peer: Peer, decoder: decoding.Decoder): void {
    const step = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    if (step === sync.messageYjsSyncStep1) tellState(peer, payload);
    else if (step === sync.messageYjsSyncStep2 || step === sync.messageYjsUpdate) receiveUpdate(peer, payload);
    else throw new Error(`sync message type ${step}`);
  }

  function tellState(peer: Peer, known: Uint8Array): void {
    if (accounts.get(peer)?.states.take() === true) peer.send(stateMessage(doc, known));
    else peer.close(CLOSE.draining, 'asked for the document too often');
  }

  function receiveUpdate(peer: Peer, update: Uint8Array): void {
    const account = accounts.get(peer);
    if (account === undefined) return;
    // Throws on damaged bytes before anything of them is applied.
    Y.decodeUpdate(update);
    const refusal = whyRefused(peer, update);
    if (refusal !== undefined) {
      peer.close(refusal.code, refusal.reason);
      return;
    }
    account.received += 1;
    const [before, sizeBefore] = [pendingBytes(doc), size];
    Y.applyUpdate(doc, update, peer);
    if (size > sizeBefore) wrote?.(peer.person);
    acknowledge(peer, account, before);
  }

  /** "Durable up to n", once it is; an update without its predecessor is not in the document yet, and not on disk. */
  function acknowledge(peer: Peer, account: Account, before: number): void {
    const waiting = pendingBytes(doc);
    // What waits for another's predecessor is no reason to leave this one untold.
    account.withheld = waiting > before || (account.withheld && waiting > 0);
    if (waiting > limits.update) peer.close(CLOSE.invalid, 'updates without their predecessors');
    if (account.withheld) return;
    tellDurable(peer, account);
    if (waiting > 0) return;
    // What others had waiting was waiting for this: they may say nothing more, and would never be told.
    for (const [other, waiter] of accounts)
      if (waiter.withheld) {
        waiter.withheld = false;
        tellDurable(other, waiter);
      }
  }

  function tellDurable(peer: Peer, { received }: Account): void {
    void saver.settled().then(() => peer.send(durableMessage(received)));
  }

  function whyRefused(peer: Peer, update: Uint8Array): { code: number; reason: string } | undefined {
    if (!peer.mayEdit)
      // A client answers the server's SyncStep1 whatever it may do: an answer that changes nothing is no edit.
      return Y.snapshotContainsUpdate(Y.snapshot(doc), update)
        ? undefined
        : { code: CLOSE.forbidden, reason: 'you are watching' };
    if (size + update.length > limits.document) size = Y.encodeStateAsUpdate(doc).length;
    if (size + update.length > limits.document) return { code: CLOSE.full, reason: 'the document is full' };
    const reason = guard?.refuses(update, peer);
    return reason === undefined ? undefined : { code: CLOSE.forbidden, reason };
  }

  function isFull({ person }: Peer): boolean {
    const theirs = [...accounts.keys()].filter((peer) => peer.person === person).length;
    return accounts.size >= limits.documentConnections || theirs >= limits.documentTabs;
  }

  function disconnect(peer: Peer): void {
    const account = accounts.get(peer);
    accounts.delete(peer);
    if (account?.withheld === true && pendingBytes(doc) > 0) forgetPending();
  }

  /** What waits for a predecessor that its author took away would be sent to every newcomer, for ever. */
  function forgetPending(): void {
    doc.store.pendingStructs = null;
    doc.store.pendingDs = null;
    // Peers whose own update waited among it send it again when they are back.
    for (const [peer, { withheld }] of accounts) if (withheld) peer.close(CLOSE.draining, 'send it again');
  }

  return {
    doc,
    epoch,
    connect(peer) {
      if (isFull(peer)) {
        peer.close(CLOSE.draining, 'too many connections');
        return;
      }
      const states = createBucket(STATES_PER_SECOND, limits.documentStates, now);
      accounts.set(peer, { received: 0, withheld: false, states });
      peer.send(askMessage(doc));
    },
    receive(peer, message) {
      try {
        receive(peer, message);
      } catch {
        peer.close(CLOSE.invalid, 'not a message of the protocol');
      }
    },
    disconnect,
    review(isStill) {
      for (const peer of accounts.keys())
        if (!isStill(peer.person, peer.role)) peer.close(CLOSE.ticket, 'your role has changed');
    },
    peers: () => accounts.size,
    async close() {
      for (const peer of accounts.keys()) peer.close(CLOSE.draining, 'the server restarts');
      await saver.settled();
      await saver.compact(() => Y.encodeStateAsUpdate(doc));
    },
  };
}

/** After the first few. */
const STATES_PER_SECOND = 0.1;

/** y-protocols' query for awareness, which y-websocket's client knows. */
const QUERY_AWARENESS = 3;

function syncMessage(write: (encoder: encoding.Encoder) => void): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, DOCUMENT_MESSAGE.sync);
    write(encoder);
  });
}

const askMessage = (doc: Y.Doc): Uint8Array => syncMessage((encoder) => sync.writeSyncStep1(encoder, doc));
const stateMessage = (doc: Y.Doc, known: Uint8Array): Uint8Array =>
  syncMessage((encoder) => sync.writeSyncStep2(encoder, doc, known));
const updateMessage = (update: Uint8Array): Uint8Array => syncMessage((encoder) => sync.writeUpdate(encoder, update));

const durableMessage = (received: number): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, DOCUMENT_MESSAGE.durable);
    encoding.writeVarUint(encoder, received);
  });

/** Bytes that wait in the document for updates which have not arrived. */
const pendingBytes = ({ store }: Y.Doc): number =>
  (store.pendingStructs?.update.length ?? 0) + (store.pendingDs?.length ?? 0);
