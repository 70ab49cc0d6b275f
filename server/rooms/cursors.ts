/**
 * Cursors on figures: the newest of each connection, told to those who have the same figure before their eyes, all of them in one
 * message each 66 ms. One by one they would cost a core at sixty people (lib/room/cursor: 28 bytes each).
 */
import { seesPoint, type Look, type LookFigure } from '#lib/room/company';
import { decodePoint, packCursors, type Cursor, type StampedPoint } from '#lib/room/cursor';
import type { Member, People } from './people.ts';
import { createThrottle } from './throttle.ts';

export interface Cursors {
  /** False: these bytes are no cursor. */
  point(member: Member, bytes: Uint8Array): boolean;
  close(): void;
}

export interface CursorsDependencies {
  readonly people: People;
  readonly sight: (connection: string) => { readonly look: Look; readonly figures: readonly LookFigure[] } | null;
}

/** ms: 15 times a second looks like gliding */
const BATCH_MS = 66;

type Pointing = StampedPoint & Cursor & Pick<Look, 'item' | 'run'>;

export function createCursors({ people, sight }: CursorsDependencies): Cursors {
  const waiting = new Map<string, Pointing>();
  const flush = createThrottle(tell, BATCH_MS);

  function tell(): void {
    const made = new Map<string, Uint8Array>();
    for (const { connection } of people.members()) {
      const seen = sight(connection.id);
      if (seen === null) continue;
      const points = [...waiting].filter(
        ([from, point]) => from !== connection.id && seesPoint(seen.look, seen.figures, point),
      );
      if (points.length === 0) continue;
      // Who look at the same are sent the same bytes.
      const key = points.map(([from]) => from).join();
      const bytes = made.get(key) ?? packCursors(points.map(([, point]) => point));
      made.set(key, bytes);
      connection.sendVolatile('cursors', bytes);
    }
    waiting.clear();
  }

  return {
    point({ connection, person }, bytes) {
      const cursor = decodePoint(bytes);
      if (cursor === null) return false;
      const look = sight(connection.id)?.look;
      // Who has not said where they look points at nothing; who tries something alone, at nothing of the room's.
      if (look === undefined || look.trying || !person.seated) return true;
      waiting.set(connection.id, { ...cursor, person: person.id, point: bytes, item: look.item, run: look.run });
      flush.call();
      return true;
    },
    close: () => flush.cancel(),
  };
}
