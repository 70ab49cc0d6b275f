/** The Socket.IO connection of a room, with every request as a promise: a Result, or null where the connection was lost first. */
import { io, type Socket } from 'socket.io-client';
import type { Result } from '#lib/base/result';
import { SOCKET_PATH, type ClientToServer, type ServerToClient } from '#lib/wire/protocol';

export type RoomSocket = Socket<ServerToClient, ClientToServer>;

/** ms to wait for an answer before the request counts as lost */
const ANSWER_MS = 10_000;

/** ms after which a handshake without an answer is tried again */
const HANDSHAKE_MS = 8_000;

export const openSocket = (origin: string): RoomSocket =>
  io(origin, {
    path: SOCKET_PATH,
    // One transport: polling first would cost a room three more round trips.
    transports: ['websocket'],
    autoConnect: false,
    timeout: HANDSHAKE_MS,
    // See reconnect.ts, which can say when.
    reconnection: false,
  });

type Requests = Pick<
  ClientToServer,
  | 'join'
  | 'manage'
  | 'rename'
  | 'look'
  | 'company'
  | 'show'
  | 'putAway'
  | 'tried'
  | 'start'
  | 'control'
  | 'amend'
  | 'continue'
  | 'checkpoint'
  | 'checkpointPart'
  | 'publish'
  | 'frame'
  | 'subscribe'
  | 'timeline'
  | 'history'
  | 'past'
  | 'curate'
  | 'time'
  | 'link'
  | 'recap'
  | 'askNames'
  | 'lendName'
>;
type RequestOf<K extends keyof Requests> = Parameters<Requests[K]>[0];
type AnswerOf<K extends keyof Requests> = Parameters<Parameters<Requests[K]>[1]>[0];

/** Sends one request. Not connected, cut off or late: null. Nothing is kept to be sent later. */
export async function ask<K extends keyof Requests>(
  socket: RoomSocket,
  event: K,
  request: RequestOf<K>,
): Promise<AnswerOf<K> | null> {
  if (!socket.connected) return null;
  // The typed emitter cannot follow a generic event name; the three types above can.
  const emit = socket.timeout(ANSWER_MS).emitWithAck.bind(socket.timeout(ANSWER_MS)) as unknown as (
    event: K,
    request: RequestOf<K>,
  ) => Promise<AnswerOf<K>>;
  try {
    return await emit(event, request);
  } catch {
    return null;
  }
}

/** What a lost answer means to a person who pressed something. */
export const LOST: Result<never> = {
  ok: false,
  error: { code: 'unavailable', message: 'The server did not answer. Nothing was changed; try again when it is back.' },
};
