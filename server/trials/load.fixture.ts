/**
 * A lecture hall: two hundred people in one room, one of whom trains at five frames a second while another turns a knob; then
 * sixty who come at once over a narrow line, and two hundred who come back at once. The server is a process of its own, all
 * people together are this one, on the same processors: what is measured holds both.
 */
import { get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { assert, present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import type { Result } from '#lib/base/result';
import { initialCheckpoint } from '#lib/engine/initial';
import { readLab, setParameters } from '#lib/room/lab';
import { decodeFrame, encodeFrame } from '#lib/runs/frame';
import { cellCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { DOCUMENT_MESSAGE, DOCUMENT_PATH, PROTOCOL_VERSION, SOCKET_PATH } from '#lib/wire/protocol';
import type { ClientToServer, JoinReply, ServerToClient, StartReply } from '#lib/wire/protocol';
import type { Proxy } from './proxy.fixture.ts';

/** ms, of what was measured */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
};

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 120_000;
  while (!condition()) {
    assert(performance.now() < end, `${what} within two minutes`);
    await wait(5);
  }
}

interface Attendant {
  readonly socket: Socket<ServerToClient, ClientToServer>;
  readonly doc: Y.Doc;
  readonly joins: () => number;
  /** Joined, with the document here. */
  readonly there: () => boolean;
  leave(): void;
}

/** Comes back by itself, as the client of the pages does. */
export function attend(url: string, room: RoomId, name: string): Attendant {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${url.replace('http', 'ws')}${DOCUMENT_PATH}`, `${room}/lab`, doc, {
    connect: false,
    disableBc: true,
    maxBackoffTime: 1_000 + Math.random() * 2_500,
    WebSocketPolyfill: WebSocket as never,
  });
  provider.messageHandlers[DOCUMENT_MESSAGE.durable] = () => undefined;
  const socket: Attendant['socket'] = io(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 4_000,
    randomizationFactor: 0.5,
  });
  let joins = 0;
  socket.on('connect', () => {
    const request = { protocol: PROTOCOL_VERSION, room, name, colour: 0, seat: true };
    socket.emit('join', request, (answer: Result<JoinReply>) => {
      assert(answer.ok, 'everyone may join');
      joins += 1;
      provider.params = { ticket: answer.value.ticket };
      provider.connect();
    });
  });
  return {
    socket,
    doc,
    joins: () => joins,
    there: () => socket.connected && provider.synced,
    leave() {
      socket.disconnect();
      provider.destroy();
    },
  };
}

export async function openRoom(url: string): Promise<RoomId> {
  const answer = await fetch(`${url}/api/rooms`, { method: 'POST' });
  return ((await answer.json()) as { room: RoomId }).room;
}

export interface HallReport {
  /** A frame on its way from the trainer to each viewer. */
  readonly frames: Spread;
  readonly framesLost: number;
  /** An edit on its way to each screen, and to the last of all screens. */
  readonly edits: Spread;
  readonly editsToAll: Spread;
}

const SPEC = resolve(DEFAULT_PARAMETERS);
const FRAME_MS = 200;
const EDIT_MS = 500;

/** The people are there already; the first trains, the second turns a knob. */
export async function measureHall(people: readonly Attendant[], seconds: number): Promise<HallReport> {
  const [trainer, editor] = [present(people[0], 'a trainer'), present(people[1], 'an editor')];
  const run = await start(trainer);
  const frames = followFrames(people.slice(1), run);
  const edits = followEdits(people, editor);
  const frameTimer = setInterval(() => frames.send(trainer), FRAME_MS);
  const editTimer = setInterval(() => edits.make(), EDIT_MS);
  await wait(seconds * 1_000);
  clearInterval(frameTimer);
  clearInterval(editTimer);
  await wait(1_000);
  return { ...frames.report(), ...edits.report() };
}

async function start({ socket }: Attendant): Promise<StartReply> {
  const request = { experiment: 'introduction', spec: SPEC, place: 'browser', paused: false } as const;
  const answer = await new Promise<Result<StartReply>>((done) => socket.emit('start', request, done));
  assert(answer.ok, 'a run begins');
  return answer.value;
}

function followFrames(viewers: readonly Attendant[], { record, lease }: StartReply) {
  const sentAt = new Map<number, number>();
  const took: number[] = [];
  const instances = Array.from({ length: cellCount(SPEC) }, (_, cell) => cell * SPEC.replicas);
  const tensors = initialCheckpoint(SPEC).tensors.filter(({ name }) => name === 'W' || name === 'b');
  for (const { socket } of viewers) {
    const subscription = { run: record.id, tensors: ['W', 'b'], instances, maxHz: 30 };
    socket.emit('subscribe', subscription, () => undefined);
    socket.on('frame', (bytes) => {
      const frame = decodeFrame(new Uint8Array(bytes));
      const sent = frame.ok ? sentAt.get(frame.value.seq) : undefined;
      if (sent !== undefined) took.push(performance.now() - sent);
    });
  }
  let seq = 0;
  return {
    send({ socket }: Attendant) {
      seq += 1;
      const frame = { run: record.id, lease, seq, step: seq, from: 0, kept: false, tensors };
      sentAt.set(seq, performance.now());
      socket.emit('frame', encodeFrame(frame), () => undefined);
    },
    report: () => ({ frames: spreadOf(took), framesLost: seq * viewers.length - took.length }),
  };
}

function followEdits(people: readonly Attendant[], editor: Attendant) {
  const madeAt = new Map<number, number>();
  const seenBy = new Map<number, number>();
  const each: number[] = [];
  const all: number[] = [];
  const others = people.filter((person) => person !== editor);
  for (const { doc } of others)
    doc.on('update', () => {
      const seed = readLab(doc)?.agenda[0]?.set['seed'];
      const made = typeof seed === 'number' ? madeAt.get(seed) : undefined;
      if (typeof seed !== 'number' || made === undefined) return;
      each.push(performance.now() - made);
      seenBy.set(seed, (seenBy.get(seed) ?? 0) + 1);
      if (seenBy.get(seed) === others.length) all.push(performance.now() - made);
    });
  let seed = 1_000;
  return {
    make() {
      seed += 1;
      madeAt.set(seed, performance.now());
      setParameters(editor.doc, 'first', { seed }, 'editor');
    },
    report: () => ({ edits: spreadOf(each), editsToAll: spreadOf(all) }),
  };
}

/** Everyone's connection is cut at once → seconds until the last is back with everything. */
export async function measureStorm(people: readonly Attendant[], proxy: Proxy): Promise<number> {
  const before = people.map(({ joins }) => joins());
  const cutAt = performance.now();
  proxy.cut();
  await until(() => people.every(({ joins, there }, i) => joins() > (before[i] ?? 0) && there()), 'everyone is back');
  return (performance.now() - cutAt) / 1_000;
}

export interface ColdReport {
  /** Seconds until the last of them could take part. */
  readonly seconds: number;
  readonly bytes: number;
}

/** `count` browsers that know nothing open a room at once: its page, everything that it loads, and both connections. */
export async function measureCold(proxy: Proxy, room: RoomId, count: number): Promise<ColdReport> {
  const began = performance.now();
  const people = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      await loadPage(`${proxy.url}/rooms/${room}`);
      return attend(proxy.url, room, `Cold ${i}`);
    }),
  );
  await until(() => people.every(({ there }) => there()), 'everyone is in');
  const seconds = (performance.now() - began) / 1_000;
  for (const person of people) person.leave();
  return { seconds, bytes: proxy.received() };
}

/** The page and what it names, compressed as browsers ask for it. */
async function loadPage(url: string): Promise<void> {
  const html = gunzipSync(await download(url)).toString('utf8');
  const assets = new Set([...html.matchAll(/(?:src|href)="(\/_next\/static\/[^"]+)"/g)].map(([, path]) => path ?? ''));
  assert(assets.size > 5, 'a page names what it loads');
  await Promise.all([...assets].map((path) => download(new URL(path, url).href)));
}

/** As it came over the line. A connection each: one that is kept, and closed by the server meanwhile, would be tried again. */
function download(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    get(url, { agent: false, headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks)));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

/** People who arrive one after the other, a few each moment. */
export async function fillHall(url: string, room: RoomId, count: number): Promise<readonly Attendant[]> {
  const people: Attendant[] = [];
  for (let i = 0; i < count; i++) {
    people.push(attend(url, room, `Person ${i}`));
    if (i % 10 === 9) await wait(50);
  }
  await until(() => people.every(({ there }) => there()), 'everyone is in');
  return people;
}
