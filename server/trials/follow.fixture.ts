/**
 * A class that follows: one leads, goes through the models and back in time, and points, fifteen times a second; everyone else
 * follows, and points as well, now and then. The server is a process of its own, all people together are this one.
 */
import { performance } from 'node:perf_hooks';
import { io, type Socket } from 'socket.io-client';
import { assert, present } from '#lib/base/assert';
import type { PersonId, RoomId } from '#lib/base/id';
import type { Result } from '#lib/base/result';
import { LOOK_FIGURES, type Look } from '#lib/room/company';
import { encodePoint, unpackCursors } from '#lib/room/cursor';
import {
  PROTOCOL_VERSION,
  SOCKET_PATH,
  type ClientToServer,
  type JoinReply,
  type ServerToClient,
} from '#lib/wire/protocol';
import { spreadOf, type Spread } from './load.fixture.ts';

export interface Follower {
  readonly socket: Socket<ServerToClient, ClientToServer>;
  readonly id: PersonId;
}

export interface FollowReport {
  /** From the leader's move to each screen, and to the last of all. */
  readonly looks: Spread;
  readonly looksToAll: Spread;
  /** From the leader's hand to each screen. */
  readonly cursors: Spread;
  readonly cursorsLost: number;
  /** Of the leader. */
  readonly moves: number;
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** People who are in the room, one after the other, each in a session of their own. */
export async function gather(url: string, room: RoomId, count: number): Promise<readonly Follower[]> {
  const people: Follower[] = [];
  for (let i = 0; i < count; i++) people.push(await enter(url, room, `Person ${i}`));
  return people;
}

async function enter(url: string, room: RoomId, name: string): Promise<Follower> {
  const socket: Follower['socket'] = io(url, { path: SOCKET_PATH, transports: ['websocket'], forceNew: true });
  await new Promise<void>((done) => socket.once('connect', done));
  const request = { protocol: PROTOCOL_VERSION, room, name, colour: 0, seat: true };
  const answer = await new Promise<Result<JoinReply>>((done) => socket.emit('join', request, done));
  assert(answer.ok, 'everyone may join');
  return { socket, id: answer.value.me.id };
}

/** As fast as a client tells. */
const TELL_MS = 66;
/** Every so many moves of the leader a follower points, too. */
const FOLLOWER_POINTS = 10;

const lookAt = (step: number): Look => ({
  item: 'first',
  run: null,
  cell: 3,
  figure: 'directions',
  step,
  trying: false,
});

/** The first leads; all others follow. `seconds` of it. */
export async function measureFollowing(people: readonly Follower[], seconds: number): Promise<FollowReport> {
  const [leader, ...followers] = people;
  const { socket, id } = present(leader, 'a leader');
  const say = (who: Follower, look: Look, follows: PersonId | null): void => {
    who.socket.emit('look', { look, figures: LOOK_FIGURES, follows, hidden: false }, () => undefined);
  };
  socket.emit('company', { type: 'lead' }, () => undefined);
  for (const follower of followers) say(follower, lookAt(0), id);
  await wait(1_000);
  const moves = clock(followers.length);
  const points = clock(followers.length);
  for (const follower of followers) {
    follower.socket.on('looks', (changes) => {
      const step = new Map(changes).get(id)?.look?.step;
      if (typeof step === 'number') moves.seen(step);
    });
    follower.socket.on('cursors', (bytes) => {
      for (const { person, at } of unpackCursors(new Uint8Array(bytes)))
        if (person === id && at !== null) points.seen(at.x);
    });
  }
  const point = (x: number): void => {
    points.made(x);
    socket.volatile.emit('point', encodePoint({ figure: 'directions', cell: 3, at: { x, y: 0 } }));
  };
  let move = 0;
  const timer = setInterval(() => {
    move += 1;
    moves.made(move);
    say({ socket, id }, lookAt(move), null);
    // What is volatile is dropped in the moment in which something else is written.
    setTimeout(point, TELL_MS / 2, move);
    for (const [i, follower] of followers.entries())
      if ((move + i) % FOLLOWER_POINTS === 0)
        follower.socket.volatile.emit('point', encodePoint({ figure: 'gram', cell: 3, at: { x: i, y: move } }));
  }, TELL_MS);
  await wait(seconds * 1_000);
  clearInterval(timer);
  await wait(1_000);
  return {
    looks: spreadOf(moves.each),
    looksToAll: spreadOf(moves.all),
    cursors: spreadOf(points.each),
    cursorsLost: move * followers.length - points.each.length,
    moves: move,
  };
}

/** When a number was told, and when each of `screens` saw it; one that a newer one replaced on its way is not seen. */
function clock(screens: number) {
  const madeAt = new Map<number, number>();
  const seenBy = new Map<number, number>();
  const each: number[] = [];
  const all: number[] = [];
  return {
    each,
    all,
    made: (value: number): void => void madeAt.set(value, performance.now()),
    seen(value: number): void {
      const made = madeAt.get(value);
      if (made === undefined) return;
      const took = performance.now() - made;
      each.push(took);
      const seen = (seenBy.get(value) ?? 0) + 1;
      seenBy.set(value, seen);
      if (seen === screens) all.push(took);
    },
  };
}
