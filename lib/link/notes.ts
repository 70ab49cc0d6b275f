/** Notes on their way into a frozen thing, and out of it again: there a person is a name, or nobody. */
import type { PersonId } from '#lib/base/id';
import { publicMentions } from '#lib/room/mention';
import type { Entry, Thread } from '#lib/room/threads';
import type { LinkEntry, LinkNote } from './link.ts';

/** What was removed stays behind, and so does who is meant by a mention, where their name was not lent. */
export function notesOf(threads: readonly Thread[], nameOf: (author: PersonId) => string | null): readonly LinkNote[] {
  const entryOf = ({ id, author, at, text }: Entry): LinkEntry => ({
    id,
    author: nameOf(author),
    at,
    text: publicMentions(text, nameOf),
  });
  return threads
    .filter(({ text }) => text !== '')
    .map((thread) => ({
      ...entryOf(thread),
      anchor: thread.anchor,
      replies: thread.replies.filter(({ text }) => text !== '').map(entryOf),
    }));
}

export const countNotes = (notes: readonly LinkNote[]): number =>
  notes.reduce((sum, { replies }) => sum + 1 + replies.length, 0);

/** As a room has them. */
export function threadsOf(notes: readonly LinkNote[]): readonly Thread[] {
  const entryOf = ({ id, author, at, text }: LinkEntry): Entry => ({
    id,
    author: authorIdOf(author),
    at,
    edited: null,
    text,
  });
  return notes.map((note, k) => ({
    ...entryOf(note),
    number: k + 1,
    anchor: note.anchor,
    resolved: false,
    replies: note.replies.map(entryOf),
  }));
}

/** One for each name: more is not known of them. */
export const authorIdOf = (name: string | null): PersonId => `${PREFIX}${name ?? ''}` as PersonId;

const PREFIX = 'author:';

/** null: their name was left out. */
export const nameOfAuthor = (id: PersonId): string | null => id.slice(PREFIX.length) || null;
