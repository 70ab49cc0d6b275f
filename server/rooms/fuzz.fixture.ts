/**
 * One room's document under everything that happens to it: people who write, lose their connection and their role, a disk that
 * writes late or fails, a server that is killed, a document that begins anew. The document, its saver and the protocol are the
 * real ones; network, disk and time are cranked by a seed. `fuzz` throws where a promise is broken:
 *   - whoever stays is told in the end that everything is saved;
 *   - what was acknowledged is there in the end, and what was deleted stays away;
 *   - what was refused is nowhere;
 *   - everyone has the same.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { assert, present } from '#lib/base/assert';
import { idFromBytes, type PersonId } from '#lib/base/id';
import { newAccess } from '#lib/room/access';
import { labOf } from '#lib/room/lab';
import { beginAnew } from '#lib/room/renew';
import { LIMITS } from '#lib/wire/limits';
import { CLOSE, DOCUMENT_MESSAGE } from '#lib/wire/protocol';
import { createMemoryStorage } from '../storage/memory.ts';
import type { Storage } from '../storage/storage.ts';
import { createDocument, type LiveDocument, type Peer } from './document.ts';
import { createSaver } from './saver.ts';

const ROOM = idFromBytes<'room'>(new Uint8Array(16));
const STEPS = 150;

export async function fuzz(seed: number): Promise<void> {
  const chance = createChance(seed);
  const world = await createWorld(chance);
  for (let step = 0; step < STEPS; step++) {
    await world.happen();
    await settle();
  }
  await world.heal();
  world.check();
}

/** Every promise that can go on has gone on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Chance {
  /** An integer in [0, n). */
  below(n: number): number;
  pick<T>(from: readonly T[]): T | undefined;
}

/** mulberry32 */
function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, pick: (from) => from[below(from.length)] };
}

/** What one person did, and how far it is known to be safe. */
interface Deed {
  readonly key: string;
  readonly type: 'set' | 'delete';
  /** Acknowledged. */
  safe: boolean;
  /** A server read it from someone who might write. */
  arrived: boolean;
  /** Its author threw the copy away that it was in, before it was acknowledged. */
  abandoned: boolean;
  /** Which message of the present connection carries it; undefined: none yet. */
  message: number | undefined;
}

interface Server {
  readonly document: LiveDocument;
  /** Appends that the disk has not written. */
  readonly waiting: {
    readonly update: Uint8Array;
    readonly resolve: (position: number) => void;
    readonly reject: (error: Error) => void;
  }[];
}

interface World {
  happen(): Promise<void>;
  heal(): Promise<void>;
  check(): void;
}

async function createWorld(chance: Chance): Promise<World> {
  const storage = createMemoryStorage();
  await storage.createRoom(ROOM, Y.encodeStateAsUpdate(seeded()), newAccess(null));
  let server = await startServer(storage);
  let healthy = false;
  const clients = Array.from({ length: 2 + chance.below(5) }, (_, i) => createClient(`c${i}`, () => server));

  /** The disk writes some of what waits, from the front; now and then it fails instead. */
  async function writeSome(count: number): Promise<void> {
    for (const { update, resolve, reject } of server.waiting.splice(0, count)) {
      if (!healthy && chance.below(20) === 0) reject(new Error('the disk is full'));
      else resolve(await storage.append(ROOM, 'lab', update));
    }
  }

  async function restart(): Promise<void> {
    server.waiting.length = 0;
    server = await startServer(storage);
    for (const client of clients) client.lose();
  }

  /** Put away with nobody there, and loaded again. */
  async function retire(): Promise<void> {
    for (const client of clients) client.lose();
    const put = { away: false };
    void server.document.close().then(() => (put.away = true));
    // A disk that failed is asked again, a moment later.
    while (!put.away) {
      await writeSome(server.waiting.length);
      await settle();
    }
    server = await startServer(storage);
  }

  /** As the registry does it once a room is put away. */
  async function renew(): Promise<void> {
    await retire();
    await storage.renew(ROOM, beginAnew(server.document.doc));
    server = await startServer(storage);
  }

  async function writeAll(): Promise<void> {
    for (let round = 0; round < 50 && (server.waiting.length > 0 || round < 2); round++) {
      await writeSome(server.waiting.length);
      await settle();
    }
  }

  async function happen(): Promise<void> {
    const client = present(chance.pick(clients), 'a client');
    const dice = chance.below(100);
    if (dice < 34) client.set();
    else if (dice < 40) client.remove(chance);
    else if (dice < 62) client.deliver(1 + chance.below(4));
    else if (dice < 78) await writeSome(1 + chance.below(4));
    else if (dice < 86) client.connect();
    else if (dice < 92) client.lose();
    else if (dice < 95) client.changeRole();
    else if (dice < 97) await restart();
    else if (dice < 99) await retire();
    else await renew();
  }

  async function heal(): Promise<void> {
    healthy = true;
    for (const client of clients) client.becomeEditor();
    for (let round = 0; round < 12; round++) {
      for (const client of clients) {
        client.connect();
        client.deliver(Infinity);
      }
      await writeAll();
      // What failed before is tried again after a moment.
      await new Promise((later) => setTimeout(later, 1));
    }
  }

  function check(): void {
    const room = server.document.doc;
    const keys = new Set(labOf(room).keys());
    for (const client of clients) {
      assert(same(client.doc(), room), `${client.name} has what the room has`);
      for (const { key, type, safe, arrived, abandoned } of client.deeds) {
        // A deletion of what no server ever had waits for ever, and its author's copy with it.
        const waits = room.store.pendingDs !== null;
        assert(safe || abandoned || waits, `${key} is acknowledged in the end`);
        if (type === 'set' && safe && !wasRemoved(key)) assert(keys.has(key), `${key} was acknowledged and is there`);
        if (type === 'delete' && safe) assert(!keys.has(key), `${key} was deleted and stays away`);
        if (type === 'set' && abandoned && !arrived) assert(!keys.has(key), `${key} never came, and is nowhere`);
      }
    }
  }

  /** Somebody asked for it to go, whether or not they were told that it had. */
  const wasRemoved = (key: string): boolean =>
    clients.some(({ deeds }) => deeds.some((deed) => deed.type === 'delete' && deed.key === key));

  return { happen, heal, check };
}

/** bytes: small, so that documents are written whole again and again while people edit */
const LOG_BYTES = 1_000;

function seeded(): Y.Doc {
  const doc = new Y.Doc();
  labOf(doc).set('schema', 1);
  return doc;
}

async function startServer(storage: Storage): Promise<Server> {
  const { documents, epoch } = present(await storage.loadRoom(ROOM), 'the room');
  const stored = documents.lab;
  const doc = new Y.Doc();
  for (const update of stored.updates) Y.applyUpdate(doc, update, 'storage');
  const waiting: Server['waiting'] = [];
  const append = (update: Uint8Array): Promise<number> =>
    new Promise((resolve, reject) => waiting.push({ update, resolve, reject }));
  const replace = (through: number, state: Uint8Array): Promise<void> => storage.compact(ROOM, 'lab', through, state);
  const saver = createSaver(
    { append, replace, failed: () => undefined, tooLarge: LOG_BYTES, retryAfter: 0, compactAfter: 8 },
    stored,
  );
  // Whoever comes back a hundred times within the same second is no flood here.
  const limits = { ...LIMITS, documentStates: Infinity };
  return { document: createDocument(doc, { saver, limits, epoch, now: Date.now }), waiting };
}

const same = (a: Y.Doc, b: Y.Doc): boolean =>
  JSON.stringify(sorted(labOf(a).toJSON())) === JSON.stringify(sorted(labOf(b).toJSON()));
const sorted = (values: object): unknown => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));

interface Client {
  readonly name: string;
  readonly deeds: Deed[];
  doc(): Y.Doc;
  set(): void;
  remove(chance: Chance): void;
  connect(): void;
  /** The network carries up to so many messages, either way. */
  deliver(count: number): void;
  lose(): void;
  changeRole(): void;
  becomeEditor(): void;
}

/** What y-websocket's client and app/_session do, without their timers. */
function createClient(name: string, serverNow: () => Server): Client {
  const deeds: Deed[] = [];
  let doc = new Y.Doc();
  let epoch: number | null = null;
  let mayEdit = true;
  let count = 0;
  let line: Line | null = null;

  interface Line {
    readonly server: Server;
    readonly peer: Peer;
    readonly toServer: { readonly bytes: Uint8Array; readonly number: number }[];
    readonly toClient: Uint8Array[];
    sent: number;
    closed: number | null;
  }

  const written = (update: Uint8Array, origin: unknown): void => {
    // An Update carries what was done just now; what was done offline waits for the SyncStep2.
    if (origin !== 'network' && line !== null) send(updateMessage(update), deeds.slice(-1));
  };
  doc.on('update', written);

  /** `carried`: what a SyncStep2 or an Update says was done; null: the message is neither. */
  function send(message: Uint8Array, carried: readonly Deed[] | null): void {
    if (line === null) return;
    if (carried !== null) line.sent += 1;
    line.toServer.push({ bytes: message, number: line.sent });
    for (const deed of carried ?? []) deed.message ??= line.sent;
  }

  const pending = (): Deed[] => deeds.filter(({ safe, abandoned }) => !safe && !abandoned);

  function act(deed: Pick<Deed, 'key' | 'type'>, change: () => void): void {
    // Offline edits are for those who could write when they were last here.
    if (!mayEdit || epoch === null) return;
    deeds.push({ ...deed, safe: false, arrived: false, abandoned: false, message: undefined });
    doc.transact(change, 'own');
  }

  function lose(): void {
    if (line === null) return;
    line.server.document.disconnect(line.peer);
    line = null;
    // They may or may not have arrived: the next SyncStep2 carries them again.
    for (const deed of pending()) deed.message = undefined;
  }

  function discard(): void {
    for (const deed of pending()) deed.abandoned = true;
    doc = new Y.Doc();
    doc.on('update', written);
  }

  function connect(): void {
    if (line !== null) return;
    const server = serverNow();
    // As `join` tells it: a copy of another beginning is thrown away first.
    if (epoch !== null && epoch !== server.document.epoch) discard();
    epoch = server.document.epoch;
    const toClient: Uint8Array[] = [];
    const fresh: Line = {
      server,
      toServer: [],
      toClient,
      sent: 0,
      closed: null,
      peer: {
        person: name as PersonId,
        role: mayEdit ? 'editor' : 'viewer',
        mayEdit,
        moderates: false,
        send: (message) => void toClient.push(message),
        close: (code) => void (fresh.closed ??= code),
      },
    };
    line = fresh;
    server.document.connect(fresh.peer);
    send(
      syncMessage((encoder) => sync.writeSyncStep1(encoder, doc)),
      null,
    );
  }

  function receive(message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    const type = decoding.readVarUint(decoder);
    if (type === DOCUMENT_MESSAGE.durable) {
      const through = decoding.readVarUint(decoder);
      for (const deed of pending()) if (deed.message !== undefined && deed.message <= through) deed.safe = true;
      return;
    }
    const answer = encoding.createEncoder();
    encoding.writeVarUint(answer, DOCUMENT_MESSAGE.sync);
    const step = sync.readSyncMessage(decoder, answer, doc, 'network');
    if (step === sync.messageYjsSyncStep1) send(encoding.toUint8Array(answer), pending());
  }

  /** False when there was nothing to carry. */
  function carry(): boolean {
    const now = line;
    if (now === null) return false;
    if (now.closed !== null) {
      lose();
      if (now.closed === CLOSE.forbidden) discard();
      return true;
    }
    const up = now.toServer.shift();
    if (up !== undefined) carryUp(now, up);
    const down = now.toClient.shift();
    if (down !== undefined) receive(down);
    return up !== undefined || down !== undefined;
  }

  function carryUp({ server, peer }: Line, { bytes, number }: Line['toServer'][number]): void {
    server.document.receive(peer, bytes);
    if (!peer.mayEdit) return;
    for (const deed of pending()) if (deed.message !== undefined && deed.message <= number) deed.arrived = true;
  }

  return {
    name,
    deeds,
    doc: () => doc,
    set() {
      const key = `${name}.${count++}`;
      act({ key, type: 'set' }, () => labOf(doc).set(key, true));
    },
    remove(chance) {
      const key = chance.pick([...labOf(doc).keys()].filter((held) => held.includes('.')));
      if (key !== undefined) act({ key, type: 'delete' }, () => labOf(doc).delete(key));
    },
    connect,
    deliver(most) {
      for (let i = 0; i < most && carry(); i++);
    },
    lose,
    changeRole() {
      mayEdit = !mayEdit;
      // The server closes what a person has open when their role changes.
      lose();
    },
    becomeEditor() {
      if (!mayEdit) {
        lose();
        // What was written before the role was lost was refused, or would have been: that copy is gone.
        discard();
      }
      mayEdit = true;
    },
  };
}

function syncMessage(write: (encoder: encoding.Encoder) => void): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, DOCUMENT_MESSAGE.sync);
    write(encoder);
  });
}

const updateMessage = (update: Uint8Array): Uint8Array => syncMessage((encoder) => sync.writeUpdate(encoder, update));
