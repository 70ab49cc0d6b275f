/** A ticket opens a room's documents in one role for ten minutes. Signed, not stored: it outlives a restart of the server. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PersonId, RoomId } from '#lib/base/id';
import type { Role } from '#lib/room/roles';

export interface Pass {
  readonly room: RoomId;
  readonly person: PersonId;
  readonly role: Role;
  /** Epoch of the room's access when it was issued. */
  readonly access: number;
  /** Epoch of the document when it was issued. */
  readonly document: number;
}

export interface Tickets {
  issue(pass: Pass): string;
  /** undefined: forged, damaged or too old. */
  read(ticket: string): Pass | undefined;
}

/** ms; a connection that is open stays open beyond it. */
const TICKET_LIFE_MS = 600_000;

export function createTickets(secret: Uint8Array, now: () => number): Tickets {
  const sign = (text: string): Buffer => createHmac('sha256', secret).update(`ticket:${text}`).digest();

  return {
    issue({ room, person, role, access, document }) {
      const text = [room, person, role, access, document, now() + TICKET_LIFE_MS].join('.');
      return `${text}.${sign(text).toString('base64url')}`;
    },
    read(ticket) {
      const end = ticket.lastIndexOf('.');
      const text = ticket.slice(0, Math.max(0, end));
      const given = Buffer.from(ticket.slice(end + 1), 'base64url');
      const wanted = sign(text);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
      const [room, person, role, access, document, expires] = text.split('.');
      // Signed here, so the parts are what `issue` wrote.
      const pass = { room, person, role, access: Number(access), document: Number(document) } as Pass;
      return Number(expires) > now() ? pass : undefined;
    },
  };
}
