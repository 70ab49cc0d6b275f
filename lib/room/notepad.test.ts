import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { NOTES_LIMITS } from './limits.ts';
import { notepadOf } from './notes.ts';
import { caretAfter, spliceBetween, writeNotepad, type Splice } from './notepad.ts';

const apply = (text: string, { at, removed, inserted }: Splice): string =>
  text.slice(0, at) + inserted + text.slice(at + removed);

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '😀', ' '), maxLength: 12 });

test('a splice turns what was there into what is there, wherever the caret is', () => {
  fc.assert(
    fc.property(texts, texts, fc.nat(24), (before, after, caret) => {
      const splice = spliceBetween(before, after, Math.min(caret, after.length));
      expect(splice === null ? before : apply(before, splice)).toBe(after);
    }),
  );
});

test('a splice never cuts a character in two', () => {
  fc.assert(
    fc.property(texts, texts, fc.nat(24), (before, after, caret) => {
      const splice = spliceBetween(before, after, Math.min(caret, after.length));
      if (splice === null) return;
      expect(apply(before, splice)).toBe(after);
      // It throws at half a character.
      encodeURIComponent(splice.inserted);
      encodeURIComponent(before.slice(splice.at, splice.at + splice.removed));
    }),
  );
});

test('a letter typed among its like is inserted before the caret', () => {
  expect(spliceBetween('aaaa', 'aaaaa', 2)).toEqual({ at: 1, removed: 0, inserted: 'a' });
});

test('a caret stays before or behind what another writes, and never inside of what is gone', () => {
  expect(caretAfter(3, { at: 5, removed: 0, inserted: 'xx' })).toBe(3);
  expect(caretAfter(7, { at: 5, removed: 0, inserted: 'xx' })).toBe(9);
  expect(caretAfter(7, { at: 5, removed: 4, inserted: '' })).toBe(5);
});

test('two who type at once both stay, and the notepad is never longer than it may be', () => {
  const [ada, bob] = [new Y.Doc(), new Y.Doc()];
  writeNotepad(ada, { at: 0, removed: 0, inserted: 'Minutes' }, 'ada');
  Y.applyUpdate(bob, Y.encodeStateAsUpdate(ada));
  writeNotepad(ada, { at: 7, removed: 0, inserted: ' of Monday' }, 'ada');
  writeNotepad(bob, { at: 0, removed: 0, inserted: '# ' }, 'bob');
  Y.applyUpdate(bob, Y.encodeStateAsUpdate(ada));
  expect(notepadOf(bob).toJSON()).toBe('# Minutes of Monday');
  const long = { at: 0, removed: 0, inserted: 'x'.repeat(NOTES_LIMITS.notepad) };
  expect(writeNotepad(bob, long, 'bob')).toBe(false);
  expect(notepadOf(bob).toJSON()).toBe('# Minutes of Monday');
});
