import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { PersonId } from '#lib/base/id';
import { NOTES_LIMITS } from './limits.ts';
import { createNotesGuard, notepadOf, notesOf, repliesOf } from './notes.ts';

const [ADA, BOB] = ['ada' as PersonId, 'bob' as PersonId];
const writer = (person: PersonId, moderates = false): { person: PersonId; moderates: boolean } => ({
  person,
  moderates,
});

const entry = (author: string, fields: object = {}): Y.Map<unknown> =>
  new Y.Map<unknown>([...Object.entries({ author, at: 1, text: 'A pentagon.' }), ...Object.entries(fields)]);

/** The room's document, with a note of Ada's, and its guard. */
function room() {
  const doc = new Y.Doc();
  notesOf(doc).set('of-ada', entry(ADA));
  const guard = createNotesGuard(doc);
  /** What a client that has the room's state sends after a change. */
  const update = (change: (copy: Y.Doc) => void): Uint8Array => {
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
    const known = Y.encodeStateVector(copy);
    copy.transact(() => {
      change(copy);
    });
    return Y.encodeStateAsUpdate(copy, known);
  };
  /** As the server does: what is refused is not applied. */
  const write = (by: ReturnType<typeof writer>, change: (copy: Y.Doc) => void): string | undefined => {
    const bytes = update(change);
    const refusal = guard.refuses(bytes, by);
    if (refusal === undefined) Y.applyUpdate(doc, bytes);
    return refusal;
  };
  return { doc, guard, update, write };
}

const noteOf = (doc: Y.Doc, id: string): Y.Map<unknown> => notesOf(doc).get(id) as Y.Map<unknown>;

/** Uses a map as a list, too: the bytes of an update can say that, though no interface can. */
const hide = (map: Y.Map<unknown>): void => {
  Y.Array.prototype.insert.call(map, 0, ['x'.repeat(1_000)]);
};

describe('one’s own', () => {
  test('is added, changed, resolved, answered and removed', () => {
    const { doc, write } = room();
    expect(
      write(writer(BOB), (copy) => notesOf(copy).set('of-bob', entry(BOB, { anchor: { feature: 3 } }))),
    ).toBeUndefined();
    expect(write(writer(BOB), (copy) => noteOf(copy, 'of-bob').set('text', 'A square.'))).toBeUndefined();
    expect(write(writer(BOB), (copy) => noteOf(copy, 'of-bob').set('resolved', true))).toBeUndefined();
    expect(write(writer(BOB), (copy) => repliesOf(copy).set('r', entry(BOB, { note: 'of-ada' })))).toBeUndefined();
    expect(write(writer(ADA), (copy) => notesOf(copy).delete('of-ada'))).toBeUndefined();
    expect(Object.keys(notesOf(doc).toJSON())).toEqual(['of-bob']);
  });

  test('the notepad is everybody’s', () => {
    const { doc, write } = room();
    expect(write(writer(BOB), (copy) => notepadOf(copy).insert(0, 'Minutes'))).toBeUndefined();
    expect(write(writer(ADA), (copy) => notepadOf(copy).delete(0, 3))).toBeUndefined();
    expect(notepadOf(doc).toJSON()).toBe('utes');
  });
});

describe('another’s', () => {
  const attacks: readonly [string, (copy: Y.Doc) => void][] = [
    ['a changed text', (copy) => noteOf(copy, 'of-ada').set('text', 'Nonsense.')],
    ['a removed field', (copy) => noteOf(copy, 'of-ada').delete('text')],
    ['a removed note', (copy) => notesOf(copy).delete('of-ada')],
    ['a replaced note', (copy) => notesOf(copy).set('of-ada', entry(BOB))],
    ['a note replaced in its author’s name', (copy) => notesOf(copy).set('of-ada', entry(ADA))],
    ['an author taken over', (copy) => noteOf(copy, 'of-ada').set('author', BOB)],
    ['a note in another’s name', (copy) => notesOf(copy).set('new', entry(ADA))],
    ['a reply in another’s name', (copy) => repliesOf(copy).set('new', entry(ADA, { note: 'of-ada' }))],
    [
      'one’s own and another’s at once',
      (copy) => {
        notesOf(copy).set('mine', entry(BOB));
        notesOf(copy).delete('of-ada');
      },
    ],
  ];
  test.each(attacks)('%s is refused whole, and the next write is judged by the room as it is', (_, attack) => {
    const { doc, write } = room();
    const before = notesOf(doc).toJSON();
    expect(write(writer(BOB), attack)).toBeDefined();
    expect(notesOf(doc).toJSON()).toEqual(before);
    expect(write(writer(BOB), (copy) => notesOf(copy).set('of-bob', entry(BOB)))).toBeUndefined();
  });

  test('the owner removes and changes it, and never its author', () => {
    const { doc, write } = room();
    expect(write(writer(BOB, true), (copy) => noteOf(copy, 'of-ada').set('author', BOB))).toBeDefined();
    expect(write(writer(BOB, true), (copy) => noteOf(copy, 'of-ada').set('text', '(removed)'))).toBeUndefined();
    expect(write(writer(BOB, true), (copy) => notesOf(copy).delete('of-ada'))).toBeUndefined();
    expect(notesOf(doc).size).toBe(0);
  });
});

describe('what is no note', () => {
  const nonsense: readonly [string, (copy: Y.Doc) => void][] = [
    ['a text too long', (copy) => notesOf(copy).set('x', entry(BOB, { text: 'x'.repeat(NOTES_LIMITS.text + 1) }))],
    ['an anchor too large', (copy) => notesOf(copy).set('x', entry(BOB, { anchor: 'x'.repeat(NOTES_LIMITS.anchor) }))],
    ['an id too long', (copy) => notesOf(copy).set('x'.repeat(NOTES_LIMITS.id + 1), entry(BOB))],
    ['a field of its own', (copy) => notesOf(copy).set('x', entry(BOB, { admin: true }))],
    [
      '__proto__ as a field',
      (copy) => notesOf(copy).set('x', entry(BOB, JSON.parse('{ "__proto__": { "admin": true } }') as object)),
    ],
    ['a time before 1970', (copy) => notesOf(copy).set('x', entry(BOB, { at: -1 }))],
    ['a time that no date has', (copy) => notesOf(copy).set('x', entry(BOB, { at: 1e300 }))],
    ['a change at no time', (copy) => notesOf(copy).set('x', entry(BOB, { edited: Number.NaN }))],
    ['no time', (copy) => notesOf(copy).set('x', entry(BOB, { at: 'now' }))],
    ['a type within', (copy) => notesOf(copy).set('x', entry(BOB, { anchor: new Y.Map() }))],
    ['a plain value', (copy) => notesOf(copy).set('x', 7)],
    ['a reply to nothing', (copy) => repliesOf(copy).set('x', entry(BOB))],
    ['another place', (copy) => copy.getMap('lab').set('title', 'Mine')],
    ['a number that JSON does not know', (copy) => notesOf(copy).set('x', entry(BOB, { anchor: 1n }))],
    ['bytes for an anchor', (copy) => notesOf(copy).set('x', entry(BOB, { anchor: new Uint8Array(9) }))],
    ['much in the place of yes or no', (copy) => notesOf(copy).set('x', entry(BOB, { resolved: 'x'.repeat(100_000) }))],
    [
      'what no key leads to',
      (copy) => {
        copy.getArray('notes').push(['x'.repeat(1_000)]);
      },
    ],
    [
      'what no key of a new note leads to',
      (copy) => {
        notesOf(copy).set('x', entry(BOB));
        hide(noteOf(copy, 'x'));
      },
    ],
    ['a list in the place of a note', (copy) => notesOf(copy).set('x', new Y.Array())],
    ['a picture in the notepad', (copy) => notepadOf(copy).insertEmbed(0, { image: 'x'.repeat(1_000) })],
    ['a colour in the notepad', (copy) => notepadOf(copy).insert(0, 'Minutes', { colour: 'x'.repeat(1_000) })],
    ['a note about the notepad', (copy) => notepadOf(copy).setAttribute('x', 'x'.repeat(1_000))],
    ['a notepad too long', (copy) => notepadOf(copy).insert(0, 'x'.repeat(NOTES_LIMITS.notepad + 1))],
  ];
  test.each(nonsense)('%s is refused', (_, write) => {
    expect(room().write(writer(BOB), write)).toBeDefined();
  });

  test('__proto__ as an id is an id like any other', () => {
    const { doc, write } = room();
    expect(write(writer(BOB), (copy) => notesOf(copy).set('__proto__', entry(BOB)))).toBeUndefined();
    expect(notesOf(doc).has('__proto__')).toBe(true);
    expect(write(writer(ADA), (copy) => notesOf(copy).delete('__proto__'))).toBeDefined();
  });

  test('an update whose predecessor is withheld is refused: what it hides would be judged too late', () => {
    const { doc, guard } = room();
    const attacker = new Y.Doc();
    Y.applyUpdate(attacker, Y.encodeStateAsUpdate(doc));
    notesOf(attacker).set('mine', entry(BOB));
    const known = Y.encodeStateVector(attacker);
    notesOf(attacker).delete('of-ada');
    noteOf(attacker, 'mine').set('text', 'hidden');
    expect(guard.refuses(Y.encodeStateAsUpdate(attacker, known), writer(BOB))).toBeDefined();
  });

  test('what no key of one’s own note leads to is refused', () => {
    const { write } = room();
    expect(
      write(writer(ADA), (copy) => {
        hide(noteOf(copy, 'of-ada'));
      }),
    ).toBeDefined();
  });

  test('what cannot even be judged leaves nothing behind: sent again, it is refused again', () => {
    const { doc, guard, update } = room();
    const attack = update((copy) => {
      notesOf(copy).set('unjudged', entry(BOB, { anchor: 1n }));
      notesOf(copy).set('forged', entry(ADA, { text: 'I, Ada, agree.' }));
    });
    const attempt = (): boolean => {
      try {
        return guard.refuses(attack, writer(BOB)) !== undefined;
      } catch {
        return true;
      }
    };
    expect([attempt(), attempt(), attempt()]).toEqual([true, true, true]);
    expect([...notesOf(doc).keys()]).toEqual(['of-ada']);
  });

  test('a room has only so many', () => {
    const { write } = room();
    const many = (copy: Y.Doc): void => {
      for (let i = 0; i < NOTES_LIMITS.entries; i++) notesOf(copy).set(String(i), entry(BOB));
    };
    expect(write(writer(BOB), many)).toContain(String(NOTES_LIMITS.entries));
  });
});
