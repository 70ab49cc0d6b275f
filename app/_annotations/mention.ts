/** Mentions as they are typed, @Name; how they are stored: `lib/room/mention`. */
import { mentionOf } from '#lib/room/mention';
import type { Person } from '#lib/room/person';

type Named = Pick<Person, 'id' | 'name'>;

/** What was typed → what is stored. The longest name counts: @Ada Lovelace is not @Ada. */
export function storeMentions(text: string, people: readonly Named[]): string {
  const longest = people.toSorted((a, b) => b.name.length - a.name.length);
  let out = '';
  for (let i = 0; i < text.length;) {
    const person =
      text.charAt(i) === '@' && !isWordBefore(text, i) ? longest.find(({ name }) => begins(text, i, name)) : undefined;
    if (person === undefined) out += text.charAt(i++);
    else {
      out += mentionOf(person);
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

/** The beginning of a name that is being typed before the caret, without its @; null: none is. */
export function typedName(text: string, caret: number): string | null {
  const [, name] = /(?:^|[^\p{L}\p{N}[])@([^@\n]{0,24})$/u.exec(text.slice(0, caret)) ?? [];
  return name ?? null;
}
