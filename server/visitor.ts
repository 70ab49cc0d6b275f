/** One Socket.IO connection: it joins a room, speaks in it, and leaves. Every message is answered with a Result. */
import type { Socket } from 'socket.io';
import { refuse, type Result } from '#lib/base/result';
import type { Limits } from '#lib/wire/limits';
import {
  PROTOCOL_VERSION,
  type ClientToServer,
  type JoinReply,
  type JoinRequest,
  type ServerToClient,
} from '#lib/wire/protocol';
import { joinSchema, parse } from '#lib/wire/schemas';
import type { Log } from './log.ts';
import { MESSAGES } from './messages.ts';
import { BURST_SECONDS, createBucket, type Bucket } from './rate.ts';
import type { Connection } from './rooms/connection.ts';
import type { Identity } from './rooms/identity.ts';
import type { Registry } from './rooms/registry.ts';
import type { Room } from './rooms/room.ts';

export type RoomSocket = Socket<ClientToServer, ServerToClient>;

export interface VisitorDependencies {
  readonly registry: Registry;
  readonly identity: Identity;
  readonly limits: Limits;
  readonly log: Log;
  readonly now: () => number;
}

export function receiveVisitor(socket: RoomSocket, dependencies: VisitorDependencies): void {
  const { registry, identity, log, now } = dependencies;
  const session = identity.session(socket.request);
  const connection = connectionOf(socket);
  let room: Room | undefined;

  async function join(request: JoinRequest): Promise<Result<JoinReply>> {
    if (request.protocol !== PROTOCOL_VERSION)
      return refuse('conflict', 'This page is of another version than the server. Reload it.', 'protocol');
    const opened = await registry.open(request.room);
    if (!opened.ok) return opened;
    // It may have gone while the room was loaded.
    if (!socket.connected) return refuse('unavailable', 'The connection was lost.');
    if (room !== opened.value) leave();
    return enter(opened.value, request);
  }

  function enter(next: Room, request: JoinRequest): Result<JoinReply> {
    const reply = next.join(connection, request, identity.personId(session, next.id));
    if (!reply.ok) return reply;
    room = next;
    void socket.join(next.id);
    return reply;
  }

  function leave(): void {
    if (room === undefined) return;
    void socket.leave(room.id);
    room.leave(connection.id);
    room = undefined;
  }

  function speak(event: keyof typeof MESSAGES, argument: unknown): ReturnType<(typeof MESSAGES)[typeof event]> {
    const member = room?.people.member(connection.id);
    if (room === undefined || member === undefined) return refuse('forbidden', 'Join the room first.');
    return MESSAGES[event](room, member, argument);
  }

  async function answer(args: readonly unknown[], act: () => unknown): Promise<void> {
    const acknowledge = acknowledgementIn(args);
    try {
      acknowledge(await act());
    } catch (error) {
      log.error({ error }, 'a message could not be served');
      acknowledge(refuse('unavailable', 'Something went wrong on the server. Try again.'));
    }
  }

  limitRate(socket, dependencies);
  on(socket, 'clock', (args) => answer(args, now));
  on(socket, 'join', (args) =>
    answer(args, () => {
      const parsed = parse(joinSchema, args[0]);
      return parsed.ok ? join(parsed.value) : parsed;
    }),
  );
  for (const event of Object.keys(MESSAGES) as (keyof typeof MESSAGES)[])
    on(socket, event, (args) => answer(args, () => speak(event, args[0])));
  socket.on('disconnect', leave);
}

/** Whatever a stranger sends under an event's name: the types of `ClientToServer` are a promise, not a fact. */
function on(socket: RoomSocket, event: keyof ClientToServer, serve: (args: readonly unknown[]) => Promise<void>): void {
  const listener = (...args: unknown[]): void => void serve(args);
  socket.on(event, listener);
}

/** The function among an event's arguments that takes the answer; who sent none is told nothing. */
function acknowledgementIn(args: readonly unknown[]): (answer: unknown) => void {
  const last = args.at(-1);
  return typeof last === 'function' ? (last as (answer: unknown) => void) : () => undefined;
}

/** After the first few. */
const TIMELINES_PER_SECOND = 0.5;

/** Up to megabytes each, to or from the server. */
const isLarge = (event: unknown): boolean => event === 'timeline' || event === 'show' || event === 'tried';

/** Of a run that is trained in a tab: many and small. */
const isPublished = (event: unknown): boolean => event === 'publish' || event === 'frame';

function limitRate(socket: RoomSocket, { limits, now }: VisitorDependencies): void {
  const bucket = (perSecond: number): Bucket => createBucket(perSecond, perSecond * BURST_SECONDS, now);
  const messages = bucket(limits.messagesPerSecond);
  const published = bucket(limits.publishedPerSecond);
  const timelines = createBucket(TIMELINES_PER_SECOND, limits.timelines, now);
  socket.use((packet, next) => {
    const tokens = isPublished(packet[0]) ? published : messages;
    if (tokens.take() && (!isLarge(packet[0]) || timelines.take())) next();
    else acknowledgementIn(packet)(refuse('limit', 'That was too much at once. Wait a second and try again.'));
  });
}

/** The typed emitter cannot follow a generic event name; `Send` can. */
const connectionOf = (socket: RoomSocket): Connection => ({
  id: socket.id,
  send: (event, ...args) => void socket.emit(event, ...(args as never)),
  sendVolatile: (event, ...args) => void socket.volatile.emit(event, ...(args as never)),
});
