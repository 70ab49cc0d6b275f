/** A room's document as it stands, on the request for its page: the page is drawn before the browser has run a line. */
import type { IncomingMessage } from 'node:http';
import { isId, type RoomId } from '#lib/base/id';
import { readLab } from '#lib/room/lab';
import { ROOM_HEADER } from '#lib/wire/protocol';
import type { Registry } from './registry.ts';

const ROOM_PAGE = /^\/rooms\/([\w-]+)\/?(?:\?|$)/;

/** Puts the document on a request for a room's page, and on no other: what a client sends under the header's name is dropped. */
export type Glance = (request: IncomingMessage) => Promise<void>;

export function createGlance(registry: Registry): Glance {
  return async (request) => {
    request.headers[ROOM_HEADER] = undefined;
    const id = ROOM_PAGE.exec(request.url ?? '')?.[1];
    if (id === undefined || !isId(id)) return;
    const room = await registry.open(id as RoomId);
    const view = room.ok ? readLab(room.value.documents.lab.doc) : undefined;
    // A header is Latin-1, a title anything.
    if (view !== undefined) request.headers[ROOM_HEADER] = encodeURIComponent(JSON.stringify(view));
  };
}
