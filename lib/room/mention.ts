/**
 * Mentions as they are stored in a note: a link that holds who is meant, `[@Name](person:<id>)`, so that a name that changes, or is
 * had by two, still means one person.
 */
import type { PersonId } from '#lib/base/id';
import type { Person } from './person.ts';

export const PERSON_LINK = 'person:';
const MENTION = /\[@([^\]\n]{1,80})\]\(person:([A-Za-z0-9_-]{1,64})\)/g;

export const mentionOf = ({ id, name }: Pick<Person, 'id' | 'name'>): string =>
  `[@${unbracketed(name)}](${PERSON_LINK}${id})`;

/** Brackets would end the link, or begin one. */
const unbracketed = (name: string): string => name.replace(/[[\]]/g, '');

/** What is stored → what is typed. */
export const typedMentions = (text: string): string => text.replace(MENTION, '@$1');

export const mentionedIn = (text: string): readonly PersonId[] =>
  [...text.matchAll(MENTION)].map(([, , id]) => id as PersonId);

/** For readers outside the room: nobody's id, and the names alone that may stand there. */
export const publicMentions = (text: string, nameOf: (person: PersonId) => string | null): string =>
  text.replace(MENTION, (_, __, id: string) => `@${unbracketed(nameOf(id as PersonId) ?? SOMEONE)}`);

const SOMEONE = 'Someone';
