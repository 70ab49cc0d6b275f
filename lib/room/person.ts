/** A person in a room, as everybody sees them. Stamped by the server: nobody speaks as another. */
import type { PersonId } from '#lib/base/id';
import type { Role } from './roles.ts';

export interface Person {
  readonly id: PersonId;
  readonly name: string;
  /** Index into `PERSON_COLOURS`. */
  readonly colour: number;
  readonly role: Role;
  /** Joined, or just watching. */
  readonly seated: boolean;
}

/** Twelve hues that stay apart on light and dark paper and, with initials and a pattern, for colour-blind readers. */
export const PERSON_COLOURS = [
  '#3B6FD4',
  '#C2452D',
  '#2E8B57',
  '#8A4FBF',
  '#B7791F',
  '#1A8A9A',
  '#C23B7A',
  '#5B7F1F',
  '#6B5BD6',
  '#A0522D',
  '#3F7CAC',
  '#7A5C8E',
] as const;

/** characters */
export const NAME_LENGTH = 40;

/** A name as it is shown: no control or direction-changing characters, single spaces, at most `NAME_LENGTH` long; undefined when nothing is left. */
export function cleanName(name: string): string | undefined {
  const clean = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const short = Array.from(clean).slice(0, NAME_LENGTH).join('').trim();
  return short === '' ? undefined : short;
}

/** "Ada Lovelace" → "AL", "ada" → "A" */
export function initials(name: string): string {
  const words = name.split(' ').filter((word) => word !== '');
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return ends.map((word) => Array.from(word ?? '')[0]?.toLocaleUpperCase('en') ?? '').join('');
}
