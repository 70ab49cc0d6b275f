/** Who wrote: under the name they have now where they are here, else under the one that the server entered. */
import type { PersonId } from '#lib/base/id';
import type { Author } from '#lib/room/author';
import type { Person } from '#lib/room/person';

const NOBODY: Author = { name: 'Someone', colour: 0 };

export function authorOf(id: PersonId, people: readonly Person[], authors: ReadonlyMap<PersonId, Author>): Author {
  return people.find((person) => person.id === id) ?? authors.get(id) ?? NOBODY;
}
