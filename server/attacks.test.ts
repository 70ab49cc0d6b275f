/**
 * A hundred thousand malformed messages, in the place of strangers and viewers: thrown at the code behind both endpoints, since
 * sockets would make it an hour. A few thousand more go over real sockets in sockets.test.ts and rooms/documents.test.ts.
 */
import * as encoding from 'lib0/encoding';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { createIdentity } from './rooms/identity.ts';
import { createRegistry, type NewRoom, type Registry } from './rooms/registry.ts';
import type { Room } from './rooms/room.ts';
import { createTickets } from './rooms/tickets.ts';
import type { Peer } from './rooms/document.ts';
import { encodeCheckpoint } from '#lib/runs/checkpoint-pack';
import { encodeFrame } from '#lib/runs/frame';
import { labOf } from '#lib/room/lab';
import { notesOf } from '#lib/room/notes';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { LIMITS } from '#lib/wire/limits';
import { createTrainingQueue } from './compute/queue.ts';
import { startTestLab } from './lab.fixture.ts';
import { createLinks } from './links/links.ts';
import { createLog } from './log.ts';
import { createCrankedCompute } from './runs/compute.fixture.ts';
import { seedFor } from './rooms/seed.ts';
import { createMemoryStorage } from './storage/memory.ts';
import { receiveVisitor, type RoomSocket } from './visitor.ts';

const MESSAGES = 60_000;
const DOCUMENT_MESSAGES = 20_000;
/** A test takes a few seconds, and on a busy machine many. */
const PATIENCE_MS = 150_000;

/** mulberry32: the same attack every time. */
function createDice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

type Dice = (n: number) => number;
const pick = <T>(dice: Dice, from: readonly T[]): T => from[dice(from.length)] as T;

interface Attacked {
  readonly registry: Registry;
  readonly room: Room;
  readonly id: RoomId;
  readonly errors: unknown[];
  /** Sends one message and resolves to its answer. */
  readonly visit: () => (event: string, argument: unknown) => Promise<unknown>;
}

/** A room whose address gives nothing but to watch. */
async function openAttacked(): Promise<Attacked> {
  const errors: unknown[] = [];
  const log = createLog('silent');
  log.error = (fields: unknown) => void errors.push(fields);
  const secret = new Uint8Array(32);
  const now = Date.now;
  const storage = createMemoryStorage();
  const registry = createRegistry({
    storage,
    links: createLinks(storage),
    queue: createTrainingQueue(createCrankedCompute(), { slots: LIMITS.serverRuns, waiting: LIMITS.waitingRuns }),
    tickets: createTickets(secret, now),
    audience: () => ({ tell: () => undefined }),
    limits: { ...LIMITS, messagesPerSecond: 1e9, publishedPerSecond: 1e9 },
    log,
    now,
  });
  const { room: id, ownerKey } = await openRoom(registry);
  const opened = await registry.open(id);
  if (!opened.ok) throw new Error(opened.error.message);
  const identity = createIdentity({ secret, isSecure: () => false });
  let connections = 0;
  const visit = (): ((event: string, argument: unknown) => Promise<unknown>) => {
    const listeners = new Map<string, (...args: unknown[]) => void>();
    const socket = {
      id: `connection ${connections++}`,
      connected: true,
      request: { headers: {} },
      on: (event: string, listener: (...args: unknown[]) => void) => listeners.set(event, listener),
      use: () => undefined,
      emit: () => true,
      volatile: { emit: () => true },
      join: () => undefined,
      leave: () => undefined,
    } as unknown as RoomSocket;
    receiveVisitor(socket, {
      registry,
      identity,
      limits: { ...LIMITS, messagesPerSecond: 1e9, publishedPerSecond: 1e9 },
      log,
      now,
    });
    return (event, argument) =>
      new Promise((resolve) => {
        const listener = listeners.get(event);
        if (listener === undefined) resolve('nobody listens');
        else listener(argument, resolve);
      });
  };
  const owner = visit();
  await owner('join', { ...JOIN, room: id, keys: [ownerKey] });
  await owner('manage', { type: 'default-role', role: 'viewer' });
  return { registry, room: opened.value, id, errors, visit };
}

async function openRoom(registry: Registry): Promise<NewRoom> {
  const seed = seedFor({});
  if (!seed.ok) throw new Error(seed.error.message);
  return registry.create(seed.value);
}

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const SPEC = resolve(DEFAULT_PARAMETERS);
const JOIN = { protocol: 1, room: ID, name: 'Eve', colour: 0, seat: true };
const TENSORS = [{ name: 'W', shape: [1, 2, 2], data: new Float32Array(4) }];
const FRAME = encodeFrame({ run: ID, lease: 1, seq: 1, step: 1, from: 0, kept: true, tensors: TENSORS });
const CHECKPOINT = encodeCheckpoint({ step: 1, seconds: 1, from: 0, tensors: TENSORS });

/** Good messages, to be spoiled. */
const GOOD: readonly [event: string, argument: unknown][] = [
  ['join', { ...JOIN, keys: [ID], holds: { run: ID, lease: 1 } }],
  ['rename', { name: 'Eve', colour: 3 }],
  ['touch', { item: 'first', parameter: 'n', value: 5 }],
  ['manage', { type: 'invite', role: 'editor', days: 1 }],
  ['manage', { type: 'give-role', person: ID, role: 'editor' }],
  ['manage', { type: 'delete' }],
  ['start', { experiment: 'introduction', spec: SPEC, place: 'server', paused: false }],
  ['control', { run: ID, action: 'stop' }],
  ['continue', { run: ID, place: 'browser' }],
  ['checkpoint', { run: ID, lease: 1, size: CHECKPOINT.length, offset: 0, bytes: CHECKPOINT }],
  ['checkpointPart', { run: ID, lease: 1, step: 1, offset: 0 }],
  ['publish', { run: ID, lease: 1, event: { type: 'metrics', step: 1, seconds: 0, stepsPerSecond: 0, loss: [1] } }],
  ['frame', FRAME],
  ['subscribe', { run: ID, tensors: ['W'], instances: [0], maxHz: 1 }],
  ['timeline', { run: ID, tensors: ['W'], instances: [0] }],
  [
    'link',
    {
      run: ID,
      item: 'first',
      title: 'x',
      authors: ['Eve'],
      licence: 'MIT',
      notes: [ID],
      named: true,
      supersedes: null,
    },
  ],
  ['askNames', { people: [ID] }],
];

const NASTY: readonly unknown[] = [
  null,
  undefined,
  NaN,
  -1,
  2 ** 53,
  1e308,
  '',
  '__proto__',
  'constructor',
  '<img src=x onerror=alert(1)>',
  'x'.repeat(10_000),
  '\u202e\u0000',
  [],
  {},
  JSON.parse('{ "__proto__": { "role": "owner" } }'),
  new Uint8Array(9),
  new Array(5_000).fill(0),
  true,
];

/** The message with one to three of its values replaced, removed or multiplied. */
function spoil(dice: Dice, argument: unknown): unknown {
  if (argument instanceof Uint8Array) return spoilBytes(dice, argument);
  const copy = structuredClone(argument);
  for (let i = 0; i <= dice(3); i++) {
    const [holder, key] = pick(dice, placesIn(copy));
    const way = dice(4);
    if (way === 0) Reflect.deleteProperty(holder, key);
    else if (way === 1) holder[pick(dice, ['extra', 'role'])] = structuredClone(pick(dice, NASTY));
    else holder[key] = structuredClone(pick(dice, NASTY));
  }
  return dice(50) === 0 ? pick(dice, NASTY) : copy;
}

function placesIn(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [[{}, 'nothing']];
  const holder = value as Record<string, unknown>;
  const here = Object.keys(holder).map((key): [Record<string, unknown>, string] => [holder, key]);
  const within = Object.values(holder).flatMap((inner) =>
    typeof inner === 'object' && inner !== null && !ArrayBuffer.isView(inner) ? placesIn(inner) : [],
  );
  return [...here, ...within, [holder, 'more']];
}

function spoilBytes(dice: Dice, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice(0, dice(3) === 0 ? dice(bytes.length) : bytes.length);
  for (let i = 0; i <= dice(6); i++) copy[dice(Math.max(1, copy.length))] = dice(256);
  return copy;
}

test(
  `S9 P11 P12 P40 P65 ${MESSAGES} spoiled messages of strangers and viewers: each is answered, nothing breaks, nothing is written`,
  async () => {
    const attacked = await openAttacked();
    const { room, id, errors, visit } = attacked;
    const dice = createDice(20_261_124);
    const before = JSON.stringify([labOf(room.documents.lab.doc).toJSON(), room.access.view()]);
    const [stranger, viewer] = [visit(), visit()];
    await viewer('join', { ...JOIN, room: id });
    const codes = new Set<string>();
    for (let i = 0; i < MESSAGES; i++) {
      const [event, good] = pick(dice, GOOD);
      const send = dice(3) === 0 ? stranger : viewer;
      const answer = (await send(event, spoil(dice, good))) as { ok: boolean; error?: { code: string } };
      if (!answer.ok) codes.add(present(answer.error, 'a reason').code);
    }
    expect(errors).toEqual([]);
    expect([...codes].sort()).toEqual(['conflict', 'forbidden', 'invalid', 'not-found']);
    expect(JSON.stringify([labOf(room.documents.lab.doc).toJSON(), room.access.view()])).toBe(before);
    expect(room.runs.snapshot('')).toBeNull();
    expect(Object.prototype).not.toHaveProperty('role');
    expect(await visit()('join', { ...JOIN, room: id, name: 'Ada' })).toMatchObject({ ok: true });
    await attacked.registry.close();
  },
  PATIENCE_MS,
);

/** y-protocols' messages: what a client says, and what it might say. */
function documentMessages(): readonly Uint8Array[] {
  const doc = new Y.Doc();
  labOf(doc).set('title', 'Mine now');
  notesOf(doc).set('forged', new Y.Map(Object.entries({ author: ID, at: 1, text: 'x' })));
  const message = (write: (encoder: encoding.Encoder) => void): Uint8Array =>
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 0);
      write(encoder);
    });
  return [
    message((encoder) => sync.writeSyncStep1(encoder, doc)),
    message((encoder) => sync.writeSyncStep2(encoder, doc)),
    message((encoder) => sync.writeUpdate(encoder, Y.encodeStateAsUpdate(doc))),
    Uint8Array.of(1, 4, 1, 0, 0, 0),
    Uint8Array.of(64, 200, 200, 1),
  ];
}

test.each(['lab', 'notes'] as const)(
  `P32 P35 P83 ${DOCUMENT_MESSAGES} spoiled messages to the document %s: nothing breaks, and a viewer writes nothing`,
  async (name) => {
    const attacked = await openAttacked();
    const document = attacked.room.documents[name];
    const dice = createDice(name === 'lab' ? 1 : 2);
    const messages = documentMessages();
    const state = (): string => Buffer.from(Y.encodeStateAsUpdate(document.doc)).toString('base64');
    const before = state();
    for (let i = 0; i < DOCUMENT_MESSAGES; i++) {
      const peer: Peer = {
        person: ID as Peer['person'],
        role: 'viewer',
        mayEdit: false,
        moderates: false,
        send: () => undefined,
        close: () => undefined,
      };
      document.connect(peer);
      document.receive(peer, spoilBytes(dice, pick(dice, messages)));
      document.disconnect(peer);
    }
    expect(state()).toBe(before);
    expect(attacked.errors).toEqual([]);
    await attacked.registry.close();
  },
  PATIENCE_MS,
);

test(
  `P35 P83 ${DOCUMENT_MESSAGES} spoiled messages of an editor: what is written stays within limits, and the room can still be read`,
  async () => {
    const attacked = await openAttacked();
    const dice = createDice(3);
    const messages = documentMessages();
    for (let i = 0; i < DOCUMENT_MESSAGES; i++) {
      const document = attacked.room.documents[pick(dice, ['lab', 'notes'] as const)];
      const peer: Peer = {
        person: ID as Peer['person'],
        role: 'editor',
        mayEdit: true,
        moderates: false,
        send: () => undefined,
        close: () => undefined,
      };
      document.connect(peer);
      document.receive(peer, spoilBytes(dice, pick(dice, messages)));
      document.disconnect(peer);
    }
    for (const { doc } of Object.values(attacked.room.documents)) {
      const copy = new Y.Doc();
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
      expect(Y.encodeStateAsUpdate(doc).length).toBeLessThan(LIMITS.document);
      expect(copy.store.pendingStructs).toBeNull();
    }
    expect(attacked.errors).toEqual([]);
    expect(await attacked.visit()('join', { ...JOIN, room: attacked.id, name: 'Ada' })).toMatchObject({ ok: true });
    await attacked.registry.close();
  },
  PATIENCE_MS,
);

const REQUESTS = 2_000;
const CONNECTIONS = 20;

/** What a browser and its sockets send, as text. */
const requestsTo = (host: string): readonly Uint8Array[] =>
  [
    'GET /api/health',
    `GET /api/rooms/${ID}`,
    `POST /api/rooms/${ID}/duplicate`,
    'POST /api/rooms',
    `GET /rooms/${ID}?x=%E0%A4%A`,
    'GET /live/?EIO=4&transport=polling',
    'POST /live/?EIO=4&transport=polling&sid=AAAA',
    'GET /live/?EIO=4&transport=websocket',
    `GET /docs/${ID}/lab?ticket=a.b.c`,
    'GET //[::1/../docs/%00',
  ]
    .flatMap((line) => {
      const head = `${line} HTTP/1.1\r\nHost: ${host}\r\nCookie: polytope=${ID}.AAAA; __proto__=1\r\n`;
      const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n`;
      const body = '{"experiment":"introduction"}';
      return [`${head}${upgrade}\r\n`, `${head}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`];
    })
    .map((text) => new TextEncoder().encode(text));

/** Sends it and waits for the end, or for as long as an answer takes. */
async function throwAt(port: number, bytes: Uint8Array): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  socket.end(bytes);
  socket.setTimeout(200, () => socket.destroy());
  await once(socket, 'close');
}

test(
  `S9 ${REQUESTS} spoiled requests and handshakes: nothing breaks, and the server goes on`,
  async () => {
    const errors: unknown[] = [];
    const log = createLog('silent');
    log.error = (fields: unknown) => void errors.push(fields);
    const lab = await startTestLab({ log });
    const { host, port } = new URL(lab.url);
    const dice = createDice(4);
    const requests = requestsTo(host);
    const attack = async (): Promise<void> => {
      for (let i = 0; i < REQUESTS / CONNECTIONS; i++)
        await throwAt(Number(port), spoilBytes(dice, pick(dice, requests)));
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, attack));
    expect(errors).toEqual([]);
    const health = (await (await fetch(`${lab.url}/api/health`)).json()) as Record<string, unknown>;
    expect(health).toMatchObject({ status: 'ok', rooms: 0, people: 0, runs: 0 });
    expect((await fetch(`${lab.url}/api/rooms/${ID}`)).status).toBe(404);
  },
  PATIENCE_MS,
);
