/** Coming in: under which name, with which keys, asked of the server until it answers. */
import type { RoomId } from '#lib/base/id';
import type { Refusal } from '#lib/base/result';
import { PROTOCOL_VERSION, type JoinReply } from '#lib/wire/protocol';
import { ask, type RoomSocket } from './connection.ts';
import { forgetRoom, keysOf } from './memory.ts';
import type { OwnTraining } from './own-training.ts';

export interface Seat {
  /** Else one looks, and is asked for a name. */
  readonly chosen: boolean;
  readonly name: string;
  readonly colour: number;
  readonly seated: boolean;
}

/** When it was asked (ms since 1970), and with which keys. */
export interface Asked {
  readonly at: number;
  readonly keys: readonly string[];
}

export interface Entry {
  readonly seat: () => Seat;
  readonly choose: (seat: Seat) => void;
  /** Joins, again perhaps. Resolves when the server has answered, or has not. */
  readonly enter: () => Promise<void>;
  /** What the server said instead, at the door or later. */
  readonly refused: (refusal: Refusal) => void;
}

export interface EntryDependencies {
  readonly socket: RoomSocket;
  readonly room: RoomId;
  readonly now: () => number;
  readonly own: Pick<OwnTraining, 'holds'>;
  readonly isLive: () => boolean;
  readonly entered: (reply: JoinReply, asked: Asked) => void;
  /** No seat is left: one watches. */
  readonly full: (refusal: Refusal) => void;
  /** For good. */
  readonly shut: (refusal: Refusal) => void;
}

/** ms */
const RETRY_MS = 2_000;

export function createEntry(dependencies: EntryDependencies): Entry {
  const { socket, room, now, own, isLive, entered, full, shut } = dependencies;
  let seat: Seat = { chosen: false, name: '', colour: 0, seated: false };

  async function enter(): Promise<void> {
    const at = now();
    const holds = own.holds();
    const keys = keysOf(room);
    const { name, colour, seated } = seat;
    const request = { protocol: PROTOCOL_VERSION, room, name, colour, seat: seated, keys };
    const answer = await ask(socket, 'join', holds === undefined ? request : { ...request, holds });
    if (answer === null) enterLater();
    else if (answer.ok) entered(answer.value, { at, keys });
    else refused(answer.error);
  }

  /** The server was busy or did not answer: while the connection stands, nothing else would ask again. */
  function enterLater(): void {
    setTimeout(() => {
      if (socket.connected) void enter();
    }, RETRY_MS);
  }

  /** Seats may be taken, which leaves one watching; a server may be busy; a room that is not there is the end. */
  function refused(refusal: Refusal): void {
    const { code } = refusal;
    if (code === 'limit' && seat.seated) {
      seat = { ...seat, chosen: false, seated: false };
      full(refusal);
    }
    if (code === 'limit' || code === 'unavailable') {
      if (!isLive()) enterLater();
      return;
    }
    if (code === 'not-found') forgetRoom(room);
    shut(refusal);
    socket.disconnect();
  }

  return {
    seat: () => seat,
    choose(next) {
      seat = next;
    },
    enter,
    refused,
  };
}
