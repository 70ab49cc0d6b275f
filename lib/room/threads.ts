/**
 * The document `notes` as people see it: threads, oldest first, and the edits that make them. An edit that the server would refuse
 * is refused here first, by the same rules: a refused update forks the document for good.
 */
import * as Y from 'yjs';
import type { PersonId } from '#lib/base/id';
import { refuse, type Refusal } from '#lib/base/result';
import { readAnchor, type Anchor } from './anchor.ts';
import { NOTES_LIMITS } from './limits.ts';
import { notesOf, repliesOf, type NotesWriter } from './notes.ts';

/** A note or a reply. */
export interface Entry {
  readonly id: string;
  readonly author: PersonId;
  /** ms since 1970, the author's word */
  readonly at: number;
  /** null: never */
  readonly edited: number | null;
  /** Markdown; empty: removed. */
  readonly text: string;
}

export interface Thread extends Entry {
  /** On its pin: counted through the room, from 1. */
  readonly number: number;
  /** null: about the room. */
  readonly anchor: Anchor | null;
  readonly resolved: boolean;
  readonly replies: readonly Entry[];
}

export function readThreads(doc: Y.Doc): readonly Thread[] {
  const replies = readReplies(doc);
  const threads = [...notesOf(doc).entries()].flatMap(([id, value]) => {
    const entry = readEntry(id, value);
    if (entry === null || !(value instanceof Y.Map)) return [];
    const anchor = readAnchor(value.get('anchor'));
    const thread = { ...entry, number: 0, anchor, resolved: value.get('resolved') === true };
    return [{ ...thread, replies: replies.get(id) ?? [] }];
  });
  const orphans = [...replies].flatMap(([note, held]) => (notesOf(doc).has(note) ? [] : [orphaned(note, held)]));
  return [...threads, ...orphans].sort(byTime).map((thread, i) => ({ ...thread, number: i + 1 }));
}

const byTime = (a: Entry, b: Entry): number => a.at - b.at || (a.id < b.id ? -1 : 1);

/** Its note was removed at the moment when it was answered. */
const orphaned = (id: string, replies: readonly Entry[]): Thread => ({
  id,
  author: '' as PersonId,
  at: replies[0]?.at ?? 0,
  edited: null,
  text: '',
  number: 0,
  anchor: null,
  resolved: false,
  replies,
});

/** By their note, oldest first. */
function readReplies(doc: Y.Doc): ReadonlyMap<string, readonly Entry[]> {
  const byNote = new Map<string, Entry[]>();
  for (const [id, value] of repliesOf(doc).entries()) {
    const entry = readEntry(id, value);
    const note: unknown = value instanceof Y.Map ? value.get('note') : undefined;
    if (entry === null || typeof note !== 'string') continue;
    byNote.set(note, [...(byNote.get(note) ?? []), entry].sort(byTime));
  }
  return byNote;
}

function readEntry(id: string, value: unknown): Entry | null {
  if (!(value instanceof Y.Map)) return null;
  const [author, at, edited, text] = ['author', 'at', 'edited', 'text'].map((field) => value.get(field) as unknown);
  if (typeof author !== 'string' || typeof at !== 'number' || typeof text !== 'string') return null;
  return { id, author: author as PersonId, at, edited: typeof edited === 'number' ? edited : null, text };
}

export type NoteEdit =
  | {
      readonly type: 'add';
      readonly id: string;
      readonly at: number;
      readonly text: string;
      readonly anchor: Anchor | null;
    }
  | { readonly type: 'reply'; readonly id: string; readonly at: number; readonly text: string; readonly note: string }
  | { readonly type: 'rewrite'; readonly id: string; readonly at: number; readonly text: string }
  | { readonly type: 'resolve'; readonly id: string; readonly resolved: boolean }
  /** A note speaks of something else from now on. */
  | { readonly type: 'move'; readonly id: string; readonly anchor: Anchor | null }
  | { readonly type: 'remove'; readonly id: string };

/** Writes it as one change, or says why not; then nothing is changed. */
export function editNotes(doc: Y.Doc, edit: NoteEdit, writer: NotesWriter, origin: unknown): Refusal | null {
  const refusal = whyNot(doc, edit, writer);
  if (refusal !== null) return refusal;
  doc.transact(() => {
    write(doc, edit, writer);
  }, origin);
  return null;
}

function whyNot(doc: Y.Doc, edit: NoteEdit, writer: NotesWriter): Refusal | null {
  if ('text' in edit && edit.text.trim() === '') return refuse('invalid', 'A note needs a word or two.').error;
  if ('text' in edit && edit.text.length > NOTES_LIMITS.text) return LONG;
  if ('anchor' in edit && JSON.stringify(edit.anchor).length > NOTES_LIMITS.anchor) return MANY;
  if (edit.type === 'add' || edit.type === 'reply')
    return notesOf(doc).size + repliesOf(doc).size >= NOTES_LIMITS.entries ? FULL : null;
  const held = entryOf(doc, edit.id);
  if (held === undefined) return GONE;
  return held.get('author') === writer.person || writer.moderates ? null : ANOTHERS;
}

const LONG = refuse('limit', `A note has at most ${NOTES_LIMITS.text} characters: split it into two.`).error;
const MANY = refuse('limit', 'This is more than one note can be pinned to: choose less.').error;
const FULL = refuse(
  'limit',
  `A room has at most ${NOTES_LIMITS.entries} notes and replies. Remove some that are no longer needed.`,
).error;
const GONE = refuse('not-found', 'This note was removed while you wrote.').error;
const ANOTHERS = refuse('forbidden', 'This note is another’s: its author and the room’s owner may change it.').error;

const entryOf = (doc: Y.Doc, id: string): Y.Map<unknown> | undefined => {
  const held = notesOf(doc).get(id) ?? repliesOf(doc).get(id);
  return held instanceof Y.Map ? held : undefined;
};

function write(doc: Y.Doc, edit: NoteEdit, writer: NotesWriter): void {
  const author = writer.person;
  switch (edit.type) {
    case 'add':
      notesOf(doc).set(edit.id, entry({ author, at: edit.at, text: edit.text, anchor: edit.anchor }));
      return;
    case 'reply':
      repliesOf(doc).set(edit.id, entry({ author, at: edit.at, text: edit.text, note: edit.note }));
      return;
    case 'rewrite':
      entryOf(doc, edit.id)?.set('text', edit.text);
      entryOf(doc, edit.id)?.set('edited', edit.at);
      return;
    case 'resolve':
      entryOf(doc, edit.id)?.set('resolved', edit.resolved);
      return;
    case 'move':
      entryOf(doc, edit.id)?.set('anchor', edit.anchor);
      return;
    case 'remove':
      remove(doc, edit.id, writer);
  }
}

const entry = (fields: object): Y.Map<unknown> => new Y.Map<unknown>(Object.entries(fields));

/** With the answers that are the writer's to remove. Where others' remain, an empty note stays above them. */
function remove(doc: Y.Doc, id: string, { person, moderates }: NotesWriter): void {
  if (repliesOf(doc).has(id)) {
    repliesOf(doc).delete(id);
    return;
  }
  const replies = readReplies(doc).get(id) ?? [];
  const mine = replies.filter(({ author }) => moderates || author === person);
  for (const reply of mine) repliesOf(doc).delete(reply.id);
  if (mine.length === replies.length) notesOf(doc).delete(id);
  else entryOf(doc, id)?.set('text', '');
}
