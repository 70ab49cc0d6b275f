/** Storage that ends with the process: for tests. */
import type { RoomId } from '#lib/base/id';
import { present } from '#lib/base/assert';
import type { Storage, StoredRun } from './storage.ts';

interface HeldRoom {
  updates: { position: number; update: Uint8Array }[];
  last: number;
  run: StoredRun | undefined;
}

export function createMemoryStorage(): Storage {
  const rooms = new Map<RoomId, HeldRoom>();
  const held = (room: RoomId): HeldRoom => present(rooms.get(room), `room ${room}`);

  return {
    createRoom: settle((room: RoomId, seed: Uint8Array) => {
      if (rooms.has(room)) throw new Error(`room ${room} exists`);
      rooms.set(room, { updates: [{ position: 1, update: seed.slice() }], last: 1, run: undefined });
    }),
    loadRoom: settle((room: RoomId) => {
      const found = rooms.get(room);
      return found && { updates: found.updates.map(({ update }) => update), last: found.last, run: found.run };
    }),
    append: settle((room: RoomId, update: Uint8Array) => {
      const found = held(room);
      found.last += 1;
      found.updates.push({ position: found.last, update: update.slice() });
      return found.last;
    }),
    compact: settle((room: RoomId, through: number, update: Uint8Array) => {
      const found = held(room);
      const later = found.updates.filter(({ position }) => position > through);
      found.updates = [{ position: through, update: update.slice() }, ...later];
    }),
    putRun: settle((run: StoredRun) => {
      held(run.record.room).run = structuredClone(run);
    }),
    close: () => Promise.resolve(),
  };
}

/** What throws, rejects: as with a storage that is elsewhere. */
const settle =
  <A extends unknown[], R>(act: (...args: A) => R) =>
  (...args: A): Promise<R> =>
    Promise.resolve().then(() => act(...args));
