/** Names in the document `notes`: written by the server alone, so that nobody is called what they are not. */
import type * as Y from 'yjs';
import type { PersonId } from '#lib/base/id';
import { NOTES_LIMITS } from './limits.ts';
import { authorsOf } from './notes.ts';
import { NAME_LENGTH, PERSON_COLOURS, type Person } from './person.ts';

export type Author = Pick<Person, 'name' | 'colour'>;

/** Enters whoever wrote under the name that they have now. Nothing is written where nothing is new. */
export function stampAuthor(doc: Y.Doc, id: PersonId, { name, colour }: Author, origin: unknown): void {
  const authors = authorsOf(doc);
  const known = readAuthor(authors.get(id));
  if (known?.name === name && known.colour === colour) return;
  if (known === undefined && authors.size >= NOTES_LIMITS.authors) return;
  doc.transact(() => {
    authors.set(id, { name, colour });
  }, origin);
}

export function readAuthors(doc: Y.Doc): ReadonlyMap<PersonId, Author> {
  const authors = new Map<PersonId, Author>();
  for (const [id, value] of authorsOf(doc).entries()) {
    const author = readAuthor(value);
    if (author !== undefined) authors.set(id as PersonId, author);
  }
  return authors;
}

function readAuthor(value: unknown): Author | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, colour } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name.length > 2 * NAME_LENGTH || typeof colour !== 'number') return undefined;
  return PERSON_COLOURS[colour] === undefined ? undefined : { name, colour };
}
