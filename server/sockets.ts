/** Socket.IO on the one port: its settings, who may connect, and how a room's audience is reached. */
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Limits } from '#lib/wire/limits';
import { SOCKET_PATH, type ClientToServer, type ServerToClient } from '#lib/wire/protocol';
import type { Log } from './log.ts';
import type { Origins } from './origins.ts';
import type { Audience, Send } from './rooms/connection.ts';
import type { Identity } from './rooms/identity.ts';
import type { RoomSocket } from './visitor.ts';

export interface Sockets {
  /** Everyone in a room. */
  readonly audience: (room: string) => Audience;
  /** Everyone in any room. */
  readonly everyone: Send;
  /** Called with every connection from now on. */
  onConnection(receive: (socket: RoomSocket) => void): void;
  /** Tells everyone that the server is about to go. */
  drain(): void;
  close(): Promise<void>;
}

export interface SocketsDependencies {
  readonly identity: Identity;
  readonly origins: Origins;
  readonly limits: Limits;
  readonly log: Log;
}

type Io = Server<ClientToServer, ServerToClient>;

export function createSockets(http: HttpServer, dependencies: SocketsDependencies): Sockets {
  const io = openSocketServer(http, dependencies);
  giveCookies(io, dependencies.identity);
  const sweep = cutSlowConnections(io, dependencies);

  return {
    audience: (room) => ({
      tell: (except, event, ...args) => {
        const everyone = io.to(room);
        // The typed emitter cannot follow a generic event name; `Audience` can.
        (except === null ? everyone : everyone.except(except)).emit(event, ...(args as never));
      },
    }),
    everyone: (event, ...args) => void io.emit(event, ...(args as never)),
    onConnection: (receive) => void io.on('connection', receive),
    drain: () => void io.emit('draining'),
    async close() {
      clearInterval(sweep);
      await io.close();
    },
  };
}

const openSocketServer = (http: HttpServer, { limits, origins }: SocketsDependencies): Io =>
  new Server(http, {
    path: SOCKET_PATH,
    // Other upgrades belong to the documents and to Next: server/lab routes them.
    destroyUpgrade: false,
    serveClient: false,
    maxHttpBufferSize: limits.message,
    allowRequest: (request, callback) => callback(null, origins.allows(request)),
    connectTimeout: 10_000,
    // A trainer that vanished is noticed within the sum of the two.
    pingInterval: 10_000,
    pingTimeout: 8_000,
    perMessageDeflate: false,
  });

/** A browser that has not loaded a page yet gets its session with the handshake. */
function giveCookies(io: Io, identity: Identity): void {
  io.engine.on('initial_headers', (headers: Record<string, string>, request: IncomingMessage) => {
    const cookie = identity.cookieFor(request);
    if (cookie !== undefined) headers['Set-Cookie'] = cookie;
  });
}

const SWEEP_MS = 1_000;

/** engine.io's write buffer has no bound: a connection that stays behind for two sweeps is cut, and may come back. */
function cutSlowConnections(io: Io, { limits, log }: SocketsDependencies): NodeJS.Timeout {
  let behind = new Set<string>();
  return setInterval(() => {
    const slow = [...io.sockets.sockets.values()].filter((socket) => isBehind(socket, limits));
    for (const socket of slow.filter(({ id }) => behind.has(id))) {
      log.warn({ connection: socket.id }, 'cut a connection that reads too slowly');
      socket.conn.close(true);
    }
    behind = new Set(slow.map(({ id }) => id));
  }, SWEEP_MS);
}

function isBehind({ conn }: RoomSocket, { bufferedPackets, bufferedBytes }: Limits): boolean {
  const waiting = conn['writeBuffer'] as readonly { readonly data?: unknown }[];
  const bytes = waiting.reduce((sum, { data }) => sum + sizeOf(data), 0);
  return waiting.length > bufferedPackets || bytes > bufferedBytes;
}

const sizeOf = (data: unknown): number =>
  typeof data === 'string' ? data.length : ArrayBuffer.isView(data) ? data.byteLength : 0;
