/** A room's document, or a link, as it stands, on the request for its page: the page is drawn before the browser has run a line. */
import type { IncomingMessage } from 'node:http';
import { isId, type RoomId } from '#lib/base/id';
import { glanceOf } from '#lib/link/glance';
import type { LinkId } from '#lib/link/link';
import { parseFrozen } from '#lib/link/recap-schema';
import { RECAP_FORMAT } from '#lib/link/recap-link';
import { readLab } from '#lib/room/lab';
import { LINK_HEADER, ROOM_HEADER } from '#lib/wire/protocol';
import type { Links } from '../links/links.ts';
import type { Registry } from './registry.ts';

type LinkGlance = ReturnType<typeof glanceOf>;

/** Links whose glance is kept: they never change, and to read a large one takes a tenth of a second of everyone's time. */
const KEPT_GLANCES = 32;

const ROOM_PAGE = /^\/rooms\/([\w-]+)\/?(?:\?|$)/;
const LINK_PAGE = /^\/(?:links|embed)\/([\w-]+)(?:\/picture)?\/?(?:\?|$)/;

/** Puts it on a request for such a page, and on no other: what a client sends under the header's name is dropped. */
export type Glance = (request: IncomingMessage) => Promise<void>;

export function createGlance(registry: Registry, links: Links): Glance {
  const glances = new Map<LinkId, LinkGlance>();

  const idIn = (url: string | undefined, page: RegExp): string | undefined => {
    const id = page.exec(url ?? '')?.[1];
    return id !== undefined && isId(id) ? id : undefined;
  };

  async function roomOf(id: RoomId): Promise<unknown> {
    const room = await registry.open(id);
    return room.ok ? readLab(room.value.documents.lab.doc) : undefined;
  }

  async function linkOf(id: LinkId): Promise<unknown> {
    const stored = await links.open(id);
    if (stored === undefined) return undefined;
    const { supersededBy } = stored;
    const known = glances.get(id);
    if (known !== undefined) return { link: known, supersededBy };
    const frozen = parseFrozen(new TextDecoder().decode(stored.bytes));
    if (!frozen.ok) return undefined;
    if (frozen.value.format === RECAP_FORMAT) return { recap: frozen.value, supersededBy };
    const link = glanceOf(frozen.value);
    keep(id, link);
    return { link, supersededBy };
  }

  function keep(id: LinkId, link: LinkGlance): void {
    glances.set(id, link);
    for (const oldest of glances.keys()) if (glances.size > KEPT_GLANCES) glances.delete(oldest);
  }

  return async (request) => {
    const { url, headers } = request;
    const [room, link] = [idIn(url, ROOM_PAGE), idIn(url, LINK_PAGE)];
    headers[ROOM_HEADER] = room === undefined ? undefined : asHeader(await roomOf(room as RoomId));
    headers[LINK_HEADER] = link === undefined ? undefined : asHeader(await linkOf(link as LinkId));
  };
}

/** A header is Latin-1, a title anything. */
const asHeader = (value: unknown): string | undefined =>
  value === undefined ? undefined : encodeURIComponent(JSON.stringify(value));
