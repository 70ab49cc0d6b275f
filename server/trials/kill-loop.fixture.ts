/**
 * The kill loop: a server is killed without warning, again and again, while three people write and two runs train: one in a
 * browser's place, one on the server. In the end every edit that was acknowledged is there, none that nobody made is, everyone
 * has the same, and no run was set back by more than what a checkpoint's interval allows.
 */
import * as decoding from 'lib0/decoding';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { assert, present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import type { Result } from '#lib/base/result';
import { toCheckpoint, toState } from '#lib/engine/checkpoint';
import { initialCheckpoint } from '#lib/engine/initial';
import { labOf } from '#lib/room/lab';
import { encodeCheckpoint } from '#lib/runs/checkpoint-pack';
import type { RunRecord } from '#lib/runs/record';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { DOCUMENT_MESSAGE, DOCUMENT_PATH, PROTOCOL_VERSION, SOCKET_PATH } from '#lib/wire/protocol';
import type { ClientToServer, JoinReply, ServerToClient, StartReply } from '#lib/wire/protocol';
import { startKillable, type Killable } from './killable.fixture.ts';

export interface KillReport {
  readonly kills: number;
  readonly edits: number;
  readonly acknowledged: number;
  /** ms of work by which a run was set back, at most. */
  readonly browserBehind: number;
  readonly serverBehind: number;
}

const EDITORS = 3;
/** ms between two starts of the server at which it is killed */
const LEAST_MS = 300;
const SPREAD_MS = 3_000;

/** Throws where a promise is broken. */
export async function killLoop(kills: number, tell: (line: string) => void): Promise<KillReport> {
  const server = await startKillable();
  const room = await openRoom(server.url);
  const editors = await Promise.all(Array.from({ length: EDITORS }, (_, i) => startEditor(server.url, room, `e${i}`)));
  const browser = await startBrowserRun(server.url, room);
  const here = await startServerRun(server.url, await openRoom(server.url));
  for (let kill = 1; kill <= kills; kill++) {
    await wait(LEAST_MS + Math.random() * SPREAD_MS);
    await killOnce(server, [browser, here]);
    tell(`${kill} of ${kills}: ${acknowledged(editors)} edits acknowledged`);
  }
  const report = await inTheEnd(server, room, editors, { kills, browser, here });
  for (const part of [...editors, browser, here]) part.stop();
  await server.end();
  return report;
}

async function killOnce(server: Killable, runs: readonly Trained[]): Promise<void> {
  const at = performance.now();
  await server.kill();
  await Promise.all(runs.map((run) => run.survive(at)));
}

async function inTheEnd(
  server: Killable,
  room: RoomId,
  editors: readonly Editor[],
  { kills, browser, here }: { kills: number; browser: Trained; here: Trained },
): Promise<KillReport> {
  for (const editor of editors) await editor.rest();
  const reader = await startEditor(server.url, room, 'reader');
  await reader.rest();
  const found = new Set([...labOf(reader.doc).keys()].filter((key) => key.includes('.')));
  const made = new Set(editors.flatMap((editor) => editor.made));
  const safe = editors.flatMap((editor) => [...editor.safe]);
  for (const key of safe) assert(found.has(key), `${key} was acknowledged and is there`);
  for (const key of found) assert(made.has(key), `${key} was made by somebody`);
  for (const { doc, name } of editors)
    assert(
      [...found].every((key) => labOf(doc).has(key)),
      `${name} has what the room has`,
    );
  reader.stop();
  return {
    kills,
    edits: made.size,
    acknowledged: safe.length,
    browserBehind: browser.behind(),
    serverBehind: here.behind(),
  };
}

const acknowledged = (editors: readonly Editor[]): number => editors.reduce((sum, { safe }) => sum + safe.size, 0);

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (!condition()) {
    assert(performance.now() < end, `${what} within a minute`);
    await wait(20);
  }
}

async function openRoom(url: string): Promise<RoomId> {
  const answer = await fetch(`${url}/api/rooms`, { method: 'POST' });
  return ((await answer.json()) as { room: RoomId }).room;
}

type RoomSocket = Socket<ServerToClient, ClientToServer>;

/** A connection that comes back by itself, as the same person. */
async function connect(url: string): Promise<RoomSocket> {
  const cookie = (await fetch(`${url}/api/health`)).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return io(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 100,
    extraHeaders: { cookie },
  });
}

/** ms: longer than a busy machine takes, which has just started a server */
const ANSWER_MS = 10_000;

/** null: the connection was lost first. */
async function ask<T>(socket: RoomSocket, event: keyof ClientToServer, argument: unknown): Promise<Result<T> | null> {
  const emit = socket.timeout(ANSWER_MS).emitWithAck.bind(socket.timeout(ANSWER_MS)) as unknown as (
    event: string,
    argument: unknown,
  ) => Promise<Result<T>>;
  return socket.connected ? emit(event, argument).catch(() => null) : null;
}

async function mustGet<T>(socket: RoomSocket, event: keyof ClientToServer, argument: unknown): Promise<T> {
  const answer = await ask<T>(socket, event, argument);
  assert(answer?.ok === true, `${event} is answered`);
  return answer.value;
}

/** As soon as there is a connection that lasts until the answer. */
async function join(socket: RoomSocket, room: RoomId, holds?: object): Promise<JoinReply> {
  const wish = { protocol: PROTOCOL_VERSION, room, name: 'Kim', colour: 0, seat: true, ...(holds && { holds }) };
  let answer: Result<JoinReply> | null = null;
  while (answer === null) {
    await until(() => socket.connected, 'a connection');
    answer = await ask<JoinReply>(socket, 'join', wish);
  }
  assert(answer.ok, 'join is answered');
  return answer.value;
}

interface Editor {
  readonly name: string;
  readonly doc: Y.Doc;
  readonly made: string[];
  readonly safe: ReadonlySet<string>;
  /** Writes no more; resolves when everything is acknowledged. */
  rest(): Promise<void>;
  stop(): void;
}

/** Writes one key after the other, and notes which the server said were on disk. */
async function startEditor(url: string, room: RoomId, name: string): Promise<Editor> {
  const socket = await connect(url);
  const { ticket } = await join(socket, room);
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${url.replace('http', 'ws')}${DOCUMENT_PATH}`, `${room}/lab`, doc, {
    params: { ticket },
    disableBc: true,
    maxBackoffTime: 200,
    WebSocketPolyfill: WebSocket as never,
  });
  // A ticket is good for ten minutes, and the loop may last longer: each connection brings a new one.
  socket.on('connect', () => void join(socket, room).then((reply) => (provider.params = { ticket: reply.ticket })));
  const made: string[] = [];
  const safe = new Set<string>();
  // Which message of this connection carries a key, as app/_session/document counts them.
  let carried = new Map<string, number>();
  let sent = 0;
  const count = (): void => {
    sent += 1;
    for (const key of made) if (!safe.has(key) && !carried.has(key)) carried.set(key, sent);
  };
  const handleSync = present(provider.messageHandlers[DOCUMENT_MESSAGE.sync], 'the sync handler');
  provider.messageHandlers[DOCUMENT_MESSAGE.sync] = (encoder, decoder, from, emitSynced, type) => {
    const answers = decoder.arr[decoder.pos] === 0;
    handleSync(encoder, decoder, from, emitSynced, type);
    if (answers) count();
  };
  provider.messageHandlers[DOCUMENT_MESSAGE.durable] = (_encoder, decoder) => {
    const through = decoding.readVarUint(decoder);
    for (const [key, message] of carried) if (message <= through) safe.add(key);
  };
  provider.on('status', ({ status }: { status: string }) => {
    if (status === 'connected') return;
    carried = new Map();
    sent = 0;
  });
  doc.on('update', (_update: Uint8Array, origin: unknown) => {
    if (origin !== provider && provider.wsconnected) count();
  });
  const write = (): void => {
    const key = `${name}.${made.length}`;
    made.push(key);
    labOf(doc).set(key, true);
  };
  const timer = name === 'reader' ? undefined : setInterval(write, 15);
  return {
    name,
    doc,
    made,
    safe,
    async rest() {
      clearInterval(timer);
      await until(() => provider.synced && made.every((key) => safe.has(key)), `${name}'s edits on disk`);
    },
    stop() {
      clearInterval(timer);
      provider.destroy();
      socket.disconnect();
    },
  };
}

/** A run that is watched across the kills. */
interface Trained {
  /** After a kill at `at` (performance.now()): resolves when it goes on, and notes by how much it was set back. */
  survive(at: number): Promise<void>;
  /** ms of work by which it was set back, at most. */
  behind(): number;
  stop(): void;
}

const SPEC = resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 1, replicas: 1, steps: 200_000 });
/** ms; checkpoints of the browser's run, in the place of two seconds */
const CHECKPOINT_MS = 500;
/** ms from an answer until what it answers is on disk for certain: a server that has just started, beside others, has much to do */
const ON_DISK_MS = 2_000;

/** In a browser's place: one step every ten milliseconds, trained on while the server is away. */
async function startBrowserRun(url: string, room: RoomId): Promise<Trained> {
  const socket = await connect(url);
  await join(socket, room);
  const run = await mustGet<StartReply>(socket, 'start', {
    experiment: 'introduction',
    spec: SPEC,
    place: 'browser',
    paused: false,
  });
  const { id } = run.record;
  const began = performance.now();
  const stepAt = (at: number): number => Math.floor((at - began) / 10);
  /** Checkpoints that were acknowledged, and when. */
  const kept: { step: number; at: number }[] = [];
  let held = true;
  let back = began;
  let behind = 0;

  const publish = async (step = stepAt(performance.now())): Promise<void> => {
    await ask(socket, 'publish', {
      run: id,
      lease: run.lease,
      event: { type: 'metrics', step, seconds: step / 100, stepsPerSecond: 100, loss: [0.1] },
    });
  };
  const checkpoint = async (): Promise<void> => {
    const step = stepAt(performance.now());
    // What is stored is read from the metrics: they are told first.
    await publish(step);
    const bytes = encodeCheckpoint(
      toCheckpoint(SPEC, { step, seconds: step / 100 }, toState(SPEC, initialCheckpoint(SPEC))),
    );
    const part = { run: id, lease: run.lease, size: bytes.length, offset: 0, bytes };
    if ((await ask(socket, 'checkpoint', part))?.ok === true && held) kept.push({ step, at: performance.now() });
  };
  const timers = [setInterval(() => void publish(), 50), setInterval(() => void checkpoint(), CHECKPOINT_MS)];

  return {
    async survive(at) {
      held = false;
      const reply = await join(socket, room, { run: id, lease: run.lease });
      const snapshot = present(reply.run, 'its run');
      assert(snapshot.held && snapshot.record.lease === 1, 'the run is still its own');
      // What the server knew when it came back is what it told first: the status of the last checkpoint.
      const stored = Math.max(0, ...snapshot.metrics.map(({ step }) => step));
      // It trains on while the server is away: only what it trained in front of it can have been kept.
      behind = Math.max(behind, Math.min(10 * (stepAt(at) - stored), at - back));
      const last = kept.filter((mark) => mark.at < at - ON_DISK_MS).at(-1);
      if (last !== undefined) assert(stored >= last.step, `step ${last.step} was kept, ${stored} is there`);
      held = true;
      back = performance.now();
    },
    behind: () => behind,
    stop() {
      timers.forEach(clearInterval);
      socket.disconnect();
    },
  };
}

/** ms; what a hand-over may repeat, and the time that a checkpoint's own way to the disk takes on a busy machine */
const ALLOWED_MS = 2_000 + 1_000;

/** On the server, for as long as the loop lasts. */
async function startServerRun(url: string, room: RoomId): Promise<Trained> {
  const spec = { ...SPEC, batch: 1_024 };
  const socket = await connect(url);
  const seen: { step: number; at: number }[] = [];
  let record: RunRecord | undefined;
  let behind = 0;
  socket.on('run', (told) => (record = told));
  socket.on('metrics', (_run, { step }) => seen.push({ step, at: performance.now() }));
  await join(socket, room);
  await mustGet(socket, 'start', { experiment: 'introduction', spec, place: 'server', paused: false });

  return {
    async survive(at) {
      const reply = await join(socket, room);
      record = present(reply.run, 'its run').record;
      const from = Number(/from step ([\d,]+)/.exec(record.handOver ?? '')?.[1]?.replaceAll(',', '') ?? 0);
      const before = seen.filter((mark) => mark.at <= at);
      const there = before.findLast((mark) => mark.step <= from)?.at ?? before[0]?.at ?? at;
      behind = Math.max(behind, at - there);
      assert(record.status.phase !== 'orphaned' && record.status.phase !== 'failed', 'the run goes on by itself');
      seen.length = 0;
    },
    behind() {
      assert(behind <= ALLOWED_MS, `the server's run was set back by ${behind} ms`);
      return behind;
    },
    stop: () => void socket.disconnect(),
  };
}
