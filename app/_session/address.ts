/** Keys in a room's address: `#k=…`. A fragment is sent to no server; once read, it is taken out of sight. */
import type { RoomId } from '#lib/base/id';
import { rememberKey } from './memory.ts';

const FRAGMENT = '#k=';

/** Remembers the key that this page was opened with, and shows the address without it. */
export function takeKey(room: RoomId): void {
  if (!location.hash.startsWith(FRAGMENT)) return;
  rememberKey(room, location.hash.slice(FRAGMENT.length));
  history.replaceState(history.state, '', location.pathname + location.search);
}

/** The address of this room with a key in it. */
export const addressWith = (key: string): string => `${location.origin}${location.pathname}${FRAGMENT}${key}`;

/** The room's address, which gives its default role. */
export const plainAddress = (): string => location.origin + location.pathname;

/** The same, from a page below it. */
export const roomAddress = (): string => plainAddress().replace(/\/recap$/, '');
