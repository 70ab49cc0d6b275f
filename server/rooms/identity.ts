/**
 * Who a browser is: a random session in a signed cookie, for a year. There is no login; a person's id is derived from session and
 * room, so that a reload is the same person and two rooms cannot compare notes.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { idFromBytes, isId, type Id, type PersonId, type RoomId } from '#lib/base/id';

export type SessionId = Id<'session'>;

export interface Identity {
  /** The request's session: its cookie's, or a new one, the same for every call with this request. */
  session(request: IncomingMessage): SessionId;
  /** The Set-Cookie header that this request's answer needs; undefined when the browser has its cookie. */
  cookieFor(request: IncomingMessage): string | undefined;
  personId(session: SessionId, room: RoomId): PersonId;
}

export interface IdentityOptions {
  readonly secret: Uint8Array;
  /** True when the browser asked over https. */
  readonly isSecure: (request: IncomingMessage) => boolean;
}

const COOKIE = 'polytope';
const YEAR_S = 365 * 24 * 3600;

export function createIdentity({ secret, isSecure }: IdentityOptions): Identity {
  const newcomers = new WeakMap<IncomingMessage, SessionId>();
  const sign = (purpose: string, text: string): Buffer =>
    createHmac('sha256', secret).update(`${purpose}:${text}`).digest();
  const known = (request: IncomingMessage): SessionId | undefined =>
    verified(cookieValue(request.headers.cookie ?? ''), (session) => sign('session', session));

  function session(request: IncomingMessage): SessionId {
    const found = known(request) ?? newcomers.get(request);
    if (found !== undefined) return found;
    const fresh = idFromBytes<'session'>(randomBytes(16));
    newcomers.set(request, fresh);
    return fresh;
  }

  return {
    session,
    cookieFor(request) {
      if (known(request) !== undefined) return undefined;
      const id = session(request);
      const value = `${id}.${sign('session', id).toString('base64url')}`;
      const attributes = `Path=/; Max-Age=${String(YEAR_S)}; HttpOnly; SameSite=Lax`;
      return `${COOKIE}=${value}; ${attributes}${isSecure(request) ? '; Secure' : ''}`;
    },
    personId: (id, room) => idFromBytes<'person'>(sign('person', `${room}:${id}`)),
  };
}

function cookieValue(header: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

function verified(value: string | undefined, sign: (session: string) => Buffer): SessionId | undefined {
  const [session = '', signature = ''] = value?.split('.') ?? [];
  const given = Buffer.from(signature, 'base64url');
  const wanted = sign(session);
  const genuine = isId(session) && given.length === wanted.length && timingSafeEqual(given, wanted);
  return genuine ? (session as SessionId) : undefined;
}
