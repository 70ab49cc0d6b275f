/** The notepad: text that many write at once. What a field holds before and after a keystroke becomes the smallest change. */
import type * as Y from 'yjs';
import { NOTES_LIMITS } from './limits.ts';
import { notepadOf } from './notes.ts';

/** At `at`, `removed` characters go and `inserted` comes. */
export interface Splice {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

/** What turns `before` into `after`; null: nothing. `caret` is where the writer's caret is afterwards: "aa" → "aaa" has three answers. */
export function spliceBetween(before: string, after: string, caret: number): Splice | null {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  let end = 0;
  // What is behind the caret was not touched.
  while (end < Math.min(most, after.length - caret) && fromEnd(before, end) === fromEnd(after, end)) end++;
  let start = 0;
  while (start < most - end && before.charAt(start) === after.charAt(start)) start++;
  // A character outside of the basic plane is two: neither half goes alone.
  if (isHigh(before, start - 1)) start--;
  if (isLow(before, before.length - end)) end--;
  return { at: start, removed: before.length - end - start, inserted: after.slice(start, after.length - end) };
}

const fromEnd = (text: string, k: number): string => text.charAt(text.length - 1 - k);
const isHigh = (text: string, i: number): boolean => /[\uD800-\uDBFF]/.test(text.charAt(i));
const isLow = (text: string, i: number): boolean => /[\uDC00-\uDFFF]/.test(text.charAt(i));

/** Where a caret at `caret` stands after another's splice. */
export function caretAfter(caret: number, { at, removed, inserted }: Splice): number {
  if (caret <= at) return caret;
  return caret <= at + removed ? at + inserted.length : caret + inserted.length - removed;
}

/** False where the notepad would become longer than it may. */
export function writeNotepad(doc: Y.Doc, { at, removed, inserted }: Splice, origin: unknown): boolean {
  const notepad = notepadOf(doc);
  if (notepad.length - removed + inserted.length > NOTES_LIMITS.notepad) return false;
  doc.transact(() => {
    if (removed > 0) notepad.delete(at, removed);
    if (inserted !== '') notepad.insert(at, inserted);
  }, origin);
  return true;
}
