/** People who take part as browsers do, but do not draw: a crowd of browsers on two processors would measure the machine. */
import { io, type Socket } from 'socket.io-client';
import type { Result } from '#lib/base/result';
import {
  PROTOCOL_VERSION,
  SOCKET_PATH,
  type ClientToServer,
  type JoinReply,
  type ServerToClient,
} from '#lib/wire/protocol';

export type RoomSocket = Socket<ServerToClient, ClientToServer>;

/** Joins the room at `address` with a seat; each is a person of their own. `close` leaves. Throws what the server says. */
export async function attend(address: string, name: string): Promise<RoomSocket> {
  const { origin, pathname } = new URL(address);
  const socket: RoomSocket = io(origin, { path: SOCKET_PATH, transports: ['websocket'], forceNew: true });
  await new Promise<void>((done) => socket.once('connect', done));
  const room = pathname.split('/').at(-1) as never;
  const request = { protocol: PROTOCOL_VERSION, room, name, colour: 1, seat: true };
  const answer = await new Promise<Result<JoinReply>>((done) => socket.emit('join', request, done));
  if (!answer.ok) throw new Error(answer.error.message);
  return socket;
}
