/** Authors of a link's notes: a name, or none; and a colour that belongs to the name. */
import { PERSON_COLOURS } from '#lib/room/person';

export const authorWords = (author: string | null): string => author ?? 'Someone';

/** The same name has the same colour in every link; who left theirs out has none. */
export function colourOf(author: string | null): string {
  if (author === null) return 'var(--ink-muted)';
  const sum = Array.from(author).reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 9_973, 7);
  return PERSON_COLOURS[sum % PERSON_COLOURS.length] ?? PERSON_COLOURS[0];
}
