import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PersonId } from '#lib/base/id';
import { mentionedIn, typedMentions } from '#lib/room/mention';
import { storeMentions, typedName } from './mention.ts';

const person = (id: string, name: string) => ({ id: id as PersonId, name });
const PEOPLE = [person('a', 'Ada'), person('al', 'Ada Lovelace'), person('n', 'Emmy Noether')];

test('a name is stored with who is meant, the longest first, and read back as it was typed', () => {
  const typed = 'Look, @Ada Lovelace and @ada: @Emmy Noether, mail ada@Ada';
  const stored = storeMentions(typed, PEOPLE);
  expect(mentionedIn(stored)).toEqual(['al', 'a', 'n']);
  expect(typedMentions(stored)).toBe('Look, @Ada Lovelace and @Ada: @Emmy Noether, mail ada@Ada');
});

test('what is stored is not stored again', () => {
  const stored = storeMentions('@Ada, yes', PEOPLE);
  expect(storeMentions(stored, PEOPLE)).toBe(stored);
});

test('any text without a name of the room stays as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/@(ada|emmy)/i.test(text));
      expect(storeMentions(text, PEOPLE)).toBe(text);
    }),
  );
});

test('a name is offered from its @ on', () => {
  expect(typedName('see @Em', 7)).toBe('Em');
  expect(typedName('@', 1)).toBe('');
  expect(typedName('mail a@b', 8)).toBeNull();
  expect(typedName('see @Em\nthere', 13)).toBeNull();
});
