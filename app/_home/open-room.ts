/** Asks the server for a room, and keeps its owner's key in this browser. */
import type { RoomId } from '#lib/base/id';
import type { Parameters } from '#lib/spec/parameters';
import { rememberKey } from '../_session/memory.ts';

export type Opened = { readonly room: RoomId } | { readonly problem: string };

const NO_ANSWER = 'The server did not answer. Nothing is lost; press it again in a moment.';

/** What the room is to begin with: an experiment, and where its parameters differ. */
export interface RoomWish {
  readonly experiment: string;
  readonly parameters: Partial<Parameters>;
}

export const openRoom = (wish?: RoomWish): Promise<Opened> => post('/api/rooms', wish);
/** A room of one's own with everything that a link holds. */
export const forkLink = (link: string): Promise<Opened> => post(`/api/links/${link}/fork`);
export const duplicateRoom = (room: string): Promise<Opened> => post(`/api/rooms/${room}/duplicate`);

async function post(address: string, body?: RoomWish): Promise<Opened> {
  try {
    const answer = await fetch(
      address,
      body === undefined
        ? { method: 'POST' }
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    );
    return opened((await answer.json()) as Answer);
  } catch {
    return { problem: NO_ANSWER };
  }
}

interface Answer {
  readonly room?: unknown;
  readonly ownerKey?: unknown;
  readonly error?: { readonly message?: unknown };
}

function opened({ room, ownerKey, error }: Answer): Opened {
  if (typeof room !== 'string' || typeof ownerKey !== 'string')
    return { problem: typeof error?.message === 'string' ? error.message : NO_ANSWER };
  rememberKey(room as RoomId, ownerKey);
  return { room: room as RoomId };
}
