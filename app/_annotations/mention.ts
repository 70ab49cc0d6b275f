/**
 * Mentions: typed as @Name, stored as a link that holds who is meant, `[@Name](person:<id>)`, so that a name that changes, or is
 * had by two, still means one person.
 */
import type { PersonId } from '#lib/base/id';
import type { Person } from '#lib/room/person';

type Named = Pick<Person, 'id' | 'name'>;

export const PERSON_LINK = 'person:';
const MENTION = /\[@([^\]\n]{1,80})\]\(person:([A-Za-z0-9_-]{1,64})\)/g;

/** What was typed → what is stored. The longest name counts: @Ada Lovelace is not @Ada. */
export function storeMentions(text: string, people: readonly Named[]): string {
  const longest = people.toSorted((a, b) => b.name.length - a.name.length);
  let out = '';
  for (let i = 0; i < text.length;) {
    const person =
      text.charAt(i) === '@' && !isWordBefore(text, i) ? longest.find(({ name }) => begins(text, i, name)) : undefined;
    if (person === undefined) out += text.charAt(i++);
    else {
      out += `[@${person.name.replace(/[[\]]/g, '')}](${PERSON_LINK}${person.id})`;
      i += 1 + person.name.length;
    }
  }
  return out;
}

/** An address of mail is no mention, and neither is one that is stored already. */
const isWordBefore = (text: string, i: number): boolean => /[\p{L}\p{N}[]/u.test(text.charAt(i - 1));

function begins(text: string, i: number, name: string): boolean {
  const said = text.slice(i + 1, i + 1 + name.length);
  const after = text.charAt(i + 1 + name.length);
  return said.toLowerCase() === name.toLowerCase() && !/[\p{L}\p{N}]/u.test(after);
}

/** What is stored → what is typed. */
export const typedMentions = (text: string): string => text.replace(MENTION, '@$1');

export const mentionedIn = (text: string): readonly PersonId[] =>
  [...text.matchAll(MENTION)].map(([, , id]) => id as PersonId);

/** The beginning of a name that is being typed before the caret, without its @; null: none is. */
export function typedName(text: string, caret: number): string | null {
  const [, name] = /(?:^|[^\p{L}\p{N}[])@([^@\n]{0,24})$/u.exec(text.slice(0, caret)) ?? [];
  return name ?? null;
}
