import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { PersonId } from '#lib/base/id';
import { readAuthors, stampAuthor } from './author.ts';
import { NOTES_LIMITS } from './limits.ts';
import { authorsOf, createNotesGuard, notesOf, repliesOf, type NotesWriter } from './notes.ts';
import { editNotes, readThreads, type NoteEdit } from './threads.ts';

const ADA: NotesWriter = { person: 'ada' as PersonId, moderates: false };
const BOB: NotesWriter = { person: 'bob' as PersonId, moderates: false };
const OWNER: NotesWriter = { person: 'olga' as PersonId, moderates: true };

/** A room where every edit is held to the server's own rules, too. */
function room() {
  const doc = new Y.Doc();
  const guard = createNotesGuard(doc);
  const edit = (by: NotesWriter, change: NoteEdit): string | null => {
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
    const known = Y.encodeStateVector(copy);
    const refusal = editNotes(copy, change, by, null);
    if (refusal !== null) return refusal.code;
    const update = Y.encodeStateAsUpdate(copy, known);
    // What the interface allows, the server never refuses.
    expect(guard.refuses(update, by)).toBeUndefined();
    Y.applyUpdate(doc, update);
    return null;
  };
  return { doc, edit };
}

const add = (id: string, at = 1): NoteEdit => ({ type: 'add', id, at, text: 'A pentagon.', anchor: null });
const reply = (id: string, note: string): NoteEdit => ({ type: 'reply', id, at: 5, text: 'Indeed.', note });

describe('threads', () => {
  test('are counted by time, with their answers', () => {
    const { doc, edit } = room();
    edit(ADA, add('later', 9));
    edit(BOB, add('sooner', 2));
    edit(BOB, reply('r', 'later'));
    expect(readThreads(doc).map(({ id, number, replies }) => [id, number, replies.length])).toEqual([
      ['sooner', 1, 0],
      ['later', 2, 1],
    ]);
  });

  test('pass over what is no note', () => {
    const { doc } = room();
    notesOf(doc).set('text', 'no map');
    notesOf(doc).set('empty', new Y.Map());
    repliesOf(doc).set('reply', new Y.Map());
    expect(readThreads(doc)).toEqual([]);
  });
});

describe('one’s own', () => {
  test('is rewritten, resolved, moved and removed; an edit is told', () => {
    const { doc, edit } = room();
    edit(ADA, add('hers'));
    expect(edit(ADA, { type: 'rewrite', id: 'hers', at: 7, text: 'A square.' })).toBeNull();
    expect(edit(ADA, { type: 'resolve', id: 'hers', resolved: true })).toBeNull();
    expect(edit(ADA, { type: 'move', id: 'hers', anchor: null })).toBeNull();
    expect(readThreads(doc)[0]).toMatchObject({ text: 'A square.', edited: 7, resolved: true });
    expect(edit(ADA, { type: 'remove', id: 'hers' })).toBeNull();
    expect(readThreads(doc)).toEqual([]);
  });

  test('that others have answered is removed without their answers', () => {
    const { doc, edit } = room();
    edit(ADA, add('hers'));
    edit(ADA, reply('her-own', 'hers'));
    edit(BOB, reply('his', 'hers'));
    expect(edit(ADA, { type: 'remove', id: 'hers' })).toBeNull();
    expect(readThreads(doc)[0]).toMatchObject({ id: 'hers', text: '', replies: [{ id: 'his' }] });
  });

  test('answers to a note that was removed meanwhile are not lost', () => {
    const { doc } = room();
    repliesOf(doc).set('his', new Y.Map(Object.entries({ author: 'bob', at: 5, text: 'Indeed.', note: 'gone' })));
    expect(readThreads(doc)[0]).toMatchObject({ id: 'gone', text: '', replies: [{ id: 'his' }] });
  });
});

describe('what the server would refuse', () => {
  test('is refused here, and changes nothing', () => {
    const { doc, edit } = room();
    edit(ADA, add('hers'));
    const before = readThreads(doc);
    expect(edit(BOB, { type: 'rewrite', id: 'hers', at: 7, text: 'Nonsense.' })).toBe('forbidden');
    expect(edit(BOB, { type: 'resolve', id: 'hers', resolved: true })).toBe('forbidden');
    expect(edit(BOB, { type: 'remove', id: 'hers' })).toBe('forbidden');
    expect(edit(BOB, { type: 'remove', id: 'nothing' })).toBe('not-found');
    expect(edit(BOB, { ...add('empty'), text: '  ' } as NoteEdit)).toBe('invalid');
    expect(edit(BOB, { ...add('long'), text: 'x'.repeat(NOTES_LIMITS.text + 1) } as NoteEdit)).toBe('limit');
    expect(readThreads(doc)).toEqual(before);
  });

  test('the owner may resolve and remove what is another’s', () => {
    const { doc, edit } = room();
    edit(ADA, add('hers'));
    edit(BOB, reply('his', 'hers'));
    expect(edit(OWNER, { type: 'resolve', id: 'hers', resolved: true })).toBeNull();
    expect(edit(OWNER, { type: 'remove', id: 'hers' })).toBeNull();
    expect(readThreads(doc)).toEqual([]);
  });
});

describe('names', () => {
  test('S18 are the server’s to write: an update that writes one is refused', () => {
    const doc = new Y.Doc();
    const guard = createNotesGuard(doc);
    const copy = new Y.Doc();
    authorsOf(copy).set('ada', { name: 'Bob', colour: 0 });
    expect(guard.refuses(Y.encodeStateAsUpdate(copy), ADA)).toBeDefined();
    stampAuthor(doc, ADA.person, { name: 'Ada', colour: 3 }, 'server');
    expect(readAuthors(doc).get(ADA.person)).toEqual({ name: 'Ada', colour: 3 });
    // The guard has followed, and judges what comes next by it.
    expect(guard.refuses(Y.encodeStateAsUpdate(copy), ADA)).toBeDefined();
  });

  test('are written only where they are new, and only so many', () => {
    const doc = new Y.Doc();
    let updates = 0;
    doc.on('update', () => updates++);
    for (let i = 0; i < 3; i++) stampAuthor(doc, ADA.person, { name: 'Ada', colour: 3 }, 'server');
    expect(updates).toBe(1);
    for (let i = 0; i < NOTES_LIMITS.authors + 5; i++)
      stampAuthor(doc, String(i) as PersonId, { name: 'Guest', colour: 0 }, 'server');
    expect(authorsOf(doc).size).toBe(NOTES_LIMITS.authors);
    stampAuthor(doc, ADA.person, { name: 'Ada Lovelace', colour: 3 }, 'server');
    expect(readAuthors(doc).get(ADA.person)?.name).toBe('Ada Lovelace');
  });
});
