/** A lab on a free port of this machine, in this process, and clients of it. Everything is closed when the test is over. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import type { Refusal, Result } from '#lib/base/result';
import {
  DOCUMENT_PATH,
  PROTOCOL_VERSION,
  SOCKET_PATH,
  type ClientToServer,
  type DocumentName,
  type JoinReply,
  type JoinRequest,
  type ServerToClient,
} from '#lib/wire/protocol';
import { createLab, type LabConfig, type LabDependencies } from './lab.ts';
import { createLog } from './log.ts';
import { createCrankedCompute, type CrankedCompute } from './runs/compute.fixture.ts';
import { createMemoryStorage } from './storage/memory.ts';

export interface TestLab {
  readonly url: string;
  readonly compute: CrankedCompute;
  newRoom(): Promise<RoomId>;
  close(): Promise<void>;
}

/** Stands in memory unless `dependencies` say otherwise. */
export async function startTestLab(
  dependencies: Partial<LabDependencies> = {},
  config: Partial<LabConfig> = {},
): Promise<TestLab> {
  const compute = createCrankedCompute();
  const lab = createLab(
    { port: 0, host: '127.0.0.1', publicOrigins: [], trustProxy: false, secret: randomBytes(32), ...config },
    {
      storage: createMemoryStorage(),
      compute,
      log: createLog('silent'),
      release: { version: '0.0.0', commit: 'test' },
      ...dependencies,
    },
  );
  const url = `http://127.0.0.1:${await lab.listen()}`;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= lab.close());
  onTestFinished(close);
  return { url, compute, newRoom: () => newRoom(url), close };
}

async function newRoom(url: string): Promise<RoomId> {
  const response = await fetch(`${url}/api/rooms`, { method: 'POST' });
  return ((await response.json()) as { room: RoomId }).room;
}

type ClientSocket = Socket<ServerToClient, ClientToServer>;

/** One connection to a lab. Remembers every event, so that a test never misses one. */
export interface Client {
  readonly socket: ClientSocket;
  /** Sends anything at all and resolves to the answer. */
  ask(event: string, argument: unknown): Promise<Result<unknown>>;
  /** The answer's value; throws where it is a refusal. */
  get<T = unknown>(event: string, argument: unknown): Promise<T>;
  /** The refusal; throws where there is none. */
  refused(event: string, argument: unknown): Promise<Refusal>;
  join(room: RoomId, wishes?: Partial<JoinRequest>): Promise<JoinReply>;
  /** The arguments of every such event so far. */
  heard<E extends keyof ServerToClient>(event: E): Parameters<ServerToClient[E]>[];
  close(): void;
}

export async function connectClient(url: string, headers: Record<string, string> = {}): Promise<Client> {
  const socket: ClientSocket = io(url, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    extraHeaders: headers,
    reconnection: false,
    forceNew: true,
  });
  onTestFinished(() => void socket.disconnect());
  const events: { event: string; args: unknown[] }[] = [];
  socket.onAny((event: string, ...args: unknown[]) => void events.push({ event, args }));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return clientOf(socket, events);
}

function clientOf(socket: ClientSocket, events: readonly { event: string; args: unknown[] }[]): Client {
  // Tests send what the types forbid.
  const emit = socket.timeout(5_000).emitWithAck.bind(socket.timeout(5_000)) as unknown as Client['ask'];
  const get = async <T>(event: string, argument: unknown): Promise<T> => {
    const answer = await emit(event, argument);
    if (!answer.ok) throw new Error(`${event} was refused: ${answer.error.message}`);
    return answer.value as T;
  };
  return {
    socket,
    ask: emit,
    get,
    async refused(event, argument) {
      const answer = await emit(event, argument);
      if (answer.ok) throw new Error(`${event} was not refused`);
      return answer.error;
    },
    join: (room, wishes = {}) =>
      get('join', { protocol: PROTOCOL_VERSION, room, name: 'Ada', colour: 0, seat: true, ...wishes }),
    heard: (name) => events.filter(({ event }) => event === name).map(({ args }) => args) as never,
    close: () => void socket.disconnect(),
  };
}

/** The cookie that a browser has after it opened a page. */
export async function openPage(url: string): Promise<{ cookie: string }> {
  const response = await fetch(`${url}/api/health`);
  const cookie = present(response.headers.getSetCookie()[0], 'a cookie');
  return { cookie: present(cookie.split(';')[0], 'its value') };
}

/** y-websocket's client on one of a room's documents: what a browser runs. */
export function openDocument(
  url: string,
  room: RoomId,
  ticket: string,
  name: DocumentName = 'lab',
): { doc: Y.Doc; provider: WebsocketProvider } {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${url.replace('http', 'ws')}${DOCUMENT_PATH}`, `${room}/${name}`, doc, {
    params: { ticket },
    disableBc: true,
    WebSocketPolyfill: WebSocket as never,
  });
  provider.messageHandlers[64] = () => undefined;
  onTestFinished(() => provider.destroy());
  return { doc, provider };
}

/** A WebSocket on the document endpoint, everything that it was sent, and the code with which it was closed. */
export interface BareDocument {
  readonly socket: WebSocket;
  readonly messages: Uint8Array[];
  readonly closed: Promise<number>;
}

export async function openBareDocument(url: string, path: string): Promise<BareDocument> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${DOCUMENT_PATH}/${path}`);
  onTestFinished(() => socket.terminate());
  const messages: Uint8Array[] = [];
  socket.on('message', (data: Buffer) => void messages.push(new Uint8Array(data)));
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  return { socket, messages, closed };
}
