/** What this browser remembers. Storage may be full, forbidden or gone: then it is remembered for this visit, and nothing breaks. */
import { isId, type Id, type RoomId } from '#lib/base/id';
import { LIMITS } from '#lib/wire/limits';

const PREFIX = 'polytope:';

/** Where `theme` is kept, as JSON, for who must know it before any module has loaded. */
export const THEME_KEY = `${PREFIX}theme`;

/** What storage did not take, until the page is left. */
const unstored = new Map<string, unknown>();

function read(key: string): unknown {
  if (unstored.has(key)) return unstored.get(key);
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key) ?? 'null') as unknown;
  } catch {
    return null;
  }
}

/** null: there is nothing to remember. */
function write(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(value));
    unstored.delete(key);
  } catch {
    unstored.set(key, value);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** How a person last introduced themselves. */
export interface Introduction {
  readonly name: string;
  readonly colour: number;
}

export function introduction(): Introduction | null {
  const held = read('me');
  if (!isRecord(held) || typeof held['name'] !== 'string' || typeof held['colour'] !== 'number') return null;
  return { name: held['name'], colour: held['colour'] };
}

export const rememberIntroduction = (me: Introduction): void => {
  write('me', me);
};

/** The engine that this browser was told to train on; null: the fastest. */
export function engineChoice(): string | null {
  const held = read('engine');
  return typeof held === 'string' ? held : null;
}

export const rememberEngineChoice = (name: string | null): void => {
  write('engine', name);
};

export interface RecentRoom {
  readonly room: RoomId;
  readonly title: string;
  /** Joined with a seat, or watching: a reload does not ask again. */
  readonly seat: boolean;
  /** ms since 1970 */
  readonly visited: number;
}

/** Rooms kept at most. */
const RECENT_ROOMS = 8;

/** Newest first. */
export function recentRooms(): readonly RecentRoom[] {
  const held = read('rooms');
  return Array.isArray(held) ? held.filter(isRecentRoom) : [];
}

function isRecentRoom(value: unknown): value is RecentRoom {
  return (
    isRecord(value) &&
    typeof value['room'] === 'string' &&
    typeof value['title'] === 'string' &&
    typeof value['seat'] === 'boolean' &&
    typeof value['visited'] === 'number'
  );
}

export function rememberRoom(room: RecentRoom): void {
  const others = recentRooms().filter((held) => held.room !== room.room);
  write('rooms', [room, ...others].slice(0, RECENT_ROOMS));
}

export function forgetRoom(room: RoomId): void {
  write(
    'rooms',
    recentRooms().filter((held) => held.room !== room),
  );
}

const keysName = (room: RoomId): string => `keys:${room}`;

/** The owner's key and the invites that this browser has for a room, newest last. */
export function keysOf(room: RoomId): readonly string[] {
  const held = read(keysName(room));
  return Array.isArray(held) ? held.filter((key): key is string => typeof key === 'string' && isId(key)) : [];
}

/** A key that is no key is not remembered. */
export function rememberKey(room: RoomId, key: string): void {
  if (!isId(key)) return;
  const others = keysOf(room).filter((held) => held !== key);
  write(keysName(room), [...others, key].slice(-LIMITS.keys));
}

export function forgetKeys(room: RoomId, keys: readonly string[]): void {
  if (keys.length === 0) return;
  write(
    keysName(room),
    keysOf(room).filter((key) => !keys.includes(key)),
  );
}

const unsentName = (room: RoomId): string => `unsent:${room}`;

/** The epoch of this device's copy of a room's document, where it has edits that were not on the server's disk when it was last seen. */
export function unsentOf(room: RoomId): number | null {
  const held = read(unsentName(room));
  return typeof held === 'number' ? held : null;
}

export const rememberUnsent = (room: RoomId, epoch: number | null): void => {
  write(unsentName(room), epoch);
};

const seenNotesName = (room: RoomId): string => `seen-notes:${room}`;

/** ms since 1970: notes of a room that are newer have not been looked at in this browser. */
export function seenNotesOf(room: RoomId): number {
  const held = read(seenNotesName(room));
  return typeof held === 'number' ? held : 0;
}

export const rememberSeenNotes = (room: RoomId, at: number): void => {
  write(seenNotesName(room), at);
};

/** In no room others see this browser's cursor, or where it looks. */
export const isHidden = (): boolean => read('hidden') === true;

export const rememberHidden = (hidden: boolean): void => {
  write('hidden', hidden ? true : null);
};

const changes = new EventTarget();

/** Calls `listen` when something remembered is another: here, or in another tab. Returns how to stop. */
export function onMemory(listen: () => void): () => void {
  changes.addEventListener('change', listen);
  addEventListener('storage', listen);
  return () => {
    changes.removeEventListener('change', listen);
    removeEventListener('storage', listen);
  };
}

/** A knob that is let go of trains at once, where that is quick. */
export const runsOnRelease = (): boolean => read('run-on-release') !== false;

export const rememberRunsOnRelease = (on: boolean): void => {
  write('run-on-release', on ? null : false);
  changes.dispatchEvent(new Event('change'));
};

const leftBehindName = (room: RoomId): string => `left-behind:${room}`;

/** Edits that could not be merged any more, and that nobody has dismissed yet. */
export function leftBehindOf(room: RoomId): object | null {
  const held = read(leftBehindName(room));
  return isRecord(held) ? held : null;
}

export const rememberLeftBehind = (room: RoomId, edits: object | null): void => {
  write(leftBehindName(room), edits);
};

/** A link made in this browser, and the key that supersedes and deletes it. */
export interface OwnLink {
  readonly link: Id<'link'>;
  readonly key: string;
  readonly title: string;
  /** ms since 1970 */
  readonly madeAt: number;
}

/** Links remembered at most. */
const OWN_LINKS = 200;

/** Newest first. */
export function ownLinks(): readonly OwnLink[] {
  const held = read('links');
  return Array.isArray(held) ? held.filter(isOwnLink) : [];
}

const isOwnLink = (value: unknown): value is OwnLink =>
  isRecord(value) &&
  ['link', 'key', 'title'].every((field) => typeof value[field] === 'string') &&
  typeof value['madeAt'] === 'number';

export function rememberLink(link: OwnLink): void {
  const others = ownLinks().filter((held) => held.link !== link.link);
  write('links', [link, ...others].slice(0, OWN_LINKS));
}

export function forgetLink(link: OwnLink['link']): void {
  write(
    'links',
    ownLinks().filter((held) => held.link !== link),
  );
}

export type Theme = 'light' | 'dark' | 'system';

export function theme(): Theme {
  const held = read('theme');
  return held === 'light' || held === 'dark' ? held : 'system';
}

export const rememberTheme = (choice: Theme): void => {
  write('theme', choice);
};
