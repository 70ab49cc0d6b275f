/**
 * The document `notes`: annotations, their replies, and the room's notepad. Commenters write it; everyone reads it.
 *
 *   notes: Y.Map    { [note id]: Y.Map { author: person id, at: ms, edited?: ms, text: string, anchor: JSON, resolved?: boolean } }
 *   replies: Y.Map  { [reply id]: Y.Map { author: person id, at: ms, edited?: ms, text: string, note: note id } }
 *   authors: Y.Map  { [person id]: { name: string, colour: number } }
 *   notepad: Y.Text
 *
 * `authors` is the server's: whoever writes is entered there under the name that they have, so that it is known when they are
 * gone. Text is Markdown; an empty one is of a note that was removed and had been answered by others.
 *
 * Each note and reply belongs to its author: nobody adds one in another's name, and nobody changes or removes another's but the
 * room's owner. The notepad is everybody's. The server holds every update to that with `createNotesGuard`.
 */
import * as Y from 'yjs';
import type { PersonId } from '#lib/base/id';
import { NOTES_LIMITS } from './limits.ts';

const ENTRY_MAPS = ['notes', 'replies'] as const;
type EntryMap = (typeof ENTRY_MAPS)[number];

const entriesOf = (doc: Y.Doc, map: EntryMap): Y.Map<unknown> => doc.getMap(map);
export const notesOf = (doc: Y.Doc): Y.Map<unknown> => entriesOf(doc, 'notes');
export const repliesOf = (doc: Y.Doc): Y.Map<unknown> => entriesOf(doc, 'replies');
export const authorsOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('authors');
export const notepadOf = (doc: Y.Doc): Y.Text => doc.getText('notepad');

/** Who wants to write. */
export interface NotesWriter {
  readonly person: PersonId;
  /** May change what is another's: the room's owner. */
  readonly moderates: boolean;
}

export interface NotesGuard {
  /** Why the whole update may not be written, or undefined. The document itself is not touched. */
  refuses(update: Uint8Array, writer: NotesWriter): string | undefined;
}

/** Holds updates of `doc` to the rules on a copy of it, which follows the document while nothing is refused. */
export function createNotesGuard(doc: Y.Doc): NotesGuard {
  let shadow = copyOf(doc);
  doc.on('update', (update: Uint8Array) => {
    Y.applyUpdate(shadow, update);
  });

  return {
    refuses(update, writer) {
      let refusal: string | undefined = 'it cannot be judged';
      try {
        refusal = whyRefused(doc, shadow, changesBy(shadow, update), writer);
      } finally {
        // Also where judging threw: a copy that kept the update would find nothing new in it the next time.
        if (refusal !== undefined) shadow = copyOf(doc);
      }
      return refusal;
    },
  };
}

function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  // Every type has its name and kind before anything is read into it.
  for (const map of ENTRY_MAPS) entriesOf(copy, map);
  authorsOf(copy);
  notepadOf(copy);
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

interface Changes {
  /** Ids of entries that were added, changed or removed. */
  readonly entries: Readonly<Record<EntryMap, ReadonlySet<string>>>;
  readonly notepad: boolean;
  /** Something beside notes, replies and notepad was written. */
  readonly elsewhere: boolean;
}

/** Applies `update` to `shadow` and says what it changed. */
function changesBy(shadow: Y.Doc, update: Uint8Array): Changes {
  const entries = { notes: new Set<string>(), replies: new Set<string>() };
  let [notepad, elsewhere] = [false, false];
  const note = ({ changed }: Y.Transaction): void => {
    for (const [type, keys] of changed) {
      const place = placeOf(shadow, type as Y.AbstractType<unknown>);
      if (place === 'notepad') notepad = true;
      else if (place === undefined) elsewhere = true;
      else for (const id of place.id === undefined ? keys : [place.id]) if (id !== null) entries[place.map].add(id);
    }
  };
  shadow.on('afterTransaction', note);
  Y.applyUpdate(shadow, update);
  shadow.off('afterTransaction', note);
  return { entries, notepad, elsewhere };
}

/** Where in the document a type is: the notepad, an entry (or, without an id, the map of them); undefined: nowhere that is known. */
function placeOf(
  doc: Y.Doc,
  type: Y.AbstractType<unknown>,
): 'notepad' | { readonly map: EntryMap; readonly id?: string } | undefined {
  let inner = type;
  let id: string | null = null;
  while (inner._item !== null) {
    id = inner._item.parentSub;
    inner = inner._item.parent as Y.AbstractType<unknown>;
  }
  if (inner === notepadOf(doc)) return 'notepad';
  const map = ENTRY_MAPS.find((name) => entriesOf(doc, name) === inner);
  if (map === undefined) return undefined;
  return id === null ? { map } : { map, id };
}

function whyRefused(before: Y.Doc, after: Y.Doc, changes: Changes, writer: NotesWriter): string | undefined {
  if (after.store.pendingStructs !== null || after.store.pendingDs !== null) return 'send what it builds on first';
  if (changes.elsewhere) return 'notes, replies and the notepad are all that is written here';
  if (ENTRY_MAPS.some((map) => isList(entriesOf(after, map)))) return 'every note has its key';
  const wrongNotepad = changes.notepad ? whyWrongNotepad(notepadOf(after)) : undefined;
  if (wrongNotepad !== undefined) return wrongNotepad;
  for (const map of ENTRY_MAPS)
    for (const id of changes.entries[map]) {
      const [old, now] = [entryOf(before, map, id), entryOf(after, map, id)];
      const refusal = whyNotTheirs(old, now, writer) ?? (now === undefined ? undefined : whyWrong(map, id, now));
      if (refusal !== undefined) return refusal;
    }
  const count = notesOf(after).size + repliesOf(after).size;
  return count > NOTES_LIMITS.entries ? `a room has at most ${NOTES_LIMITS.entries} notes and replies` : undefined;
}

/** Plain text: what is neither seen nor counted could be of any size. */
function whyWrongNotepad(notepad: Y.Text): string | undefined {
  if (notepad.length > NOTES_LIMITS.notepad) return `the notepad has at most ${NOTES_LIMITS.notepad} characters`;
  const plain = listed(notepad).every(({ content }) => content instanceof Y.ContentString);
  return plain && Object.keys(notepad.getAttributes()).length === 0 ? undefined : 'the notepad is plain text';
}

type InOrder = Pick<Y.Text | Y.Map<unknown>, '_start'>;

/** What a type holds in order, beside its keys. */
function listed(type: InOrder): readonly Y.Item[] {
  const items: Y.Item[] = [];
  for (let item = type._start; item !== null; item = item.right) if (!item.deleted) items.push(item);
  return items;
}

/** A map that is used as a list, too: no reader would see that, and everyone would be sent it. */
const isList = (map: InOrder): boolean => listed(map).length > 0;

type Entry = Readonly<Record<string, unknown>>;

function entryOf(doc: Y.Doc, map: EntryMap, id: string): Entry | undefined {
  const entry = entriesOf(doc, map).get(id);
  if (entry === undefined) return undefined;
  // Not toJSON: a key `__proto__` would vanish into the prototype.
  return entry instanceof Y.Map && !isList(entry) ? Object.fromEntries(entry.entries()) : {};
}

function whyNotTheirs(old: Entry | undefined, now: Entry | undefined, writer: NotesWriter): string | undefined {
  if (old === undefined) {
    // Added and removed within one update: nothing is left to belong to anybody.
    if (now === undefined || now['author'] === writer.person) return undefined;
    return 'a note is written in one’s own name';
  }
  if (old['author'] !== writer.person && !writer.moderates) return 'this note is another’s';
  // Whoever moderates changes what a note says, never who said it.
  return now !== undefined && now['author'] !== old['author'] ? 'the author of a note does not change' : undefined;
}

const FIELDS: Readonly<Record<EntryMap, readonly string[]>> = {
  notes: ['author', 'at', 'edited', 'text', 'anchor', 'resolved'],
  replies: ['author', 'at', 'edited', 'text', 'note'],
};

function whyWrong(map: EntryMap, id: string, entry: Entry): string | undefined {
  if (id.length > NOTES_LIMITS.id) return `an id has at most ${NOTES_LIMITS.id} characters`;
  const unknown = Object.keys(entry).find((field) => !FIELDS[map].includes(field));
  if (unknown !== undefined) return `a note has no field ${unknown.slice(0, NOTES_LIMITS.id)}`;
  const { text, at, edited = at } = entry;
  if (typeof text !== 'string' || text.length > NOTES_LIMITS.text)
    return `a note’s text has at most ${NOTES_LIMITS.text} characters`;
  if (!isTime(at) || !isTime(edited)) return 'a note has the time at which it was written';
  if (map === 'replies') return typeof entry['note'] === 'string' ? undefined : 'a reply names its note';
  if (!['boolean', 'undefined'].includes(typeof entry['resolved'])) return 'a note is resolved, or it is not';
  return whyWrongAnchor(entry['anchor'] ?? null);
}

const isTime = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= NOTES_LIMITS.time;

function whyWrongAnchor(anchor: unknown): string | undefined {
  if (!isJson(anchor)) return 'an anchor is JSON';
  return JSON.stringify(anchor).length > NOTES_LIMITS.anchor
    ? `an anchor has at most ${NOTES_LIMITS.anchor} characters`
    : undefined;
}

/** Yjs also carries types, bytes, big integers and undefined. */
function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = Array.isArray(value) || prototype === Object.prototype || prototype === null;
  return plain && Object.values(value).every(isJson);
}
