import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { present } from '#lib/base/assert';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { editLab, type LabEdit } from './agenda.ts';
import { currentItem, readLab, seedLab, type AgendaItem, type LabView } from './lab.ts';
import { LAB_LIMITS } from './limits.ts';

function newLab(): Y.Doc {
  const doc = new Y.Doc();
  seedLab(doc, { title: 'A room', experiment: 'introduction', parameters: DEFAULT_PARAMETERS }, null);
  return doc;
}
const edit = (doc: Y.Doc, ...edits: readonly LabEdit[]): void => {
  for (const each of edits) editLab(doc, each, 'test');
};
const view = (doc: Y.Doc): LabView => present(readLab(doc), 'the lab');
const order = (doc: Y.Doc): readonly string[] => view(doc).agenda.map(({ id }) => id);
const item = (id: string, position: number): AgendaItem => ({
  id,
  experiment: 'introduction',
  label: `Item ${id}`,
  position,
  set: { ...DEFAULT_PARAMETERS, n: 7 },
});
const add = (id: string, position: number): LabEdit => ({ type: 'add', item: item(id, position) });

function exchange(a: Y.Doc, b: Y.Doc): void {
  const [ofA, ofB] = [Y.encodeStateAsUpdate(a), Y.encodeStateAsUpdate(b)];
  Y.applyUpdate(a, ofB);
  Y.applyUpdate(b, ofA);
}

test('an added item has its own values, and everyone sees it', () => {
  const doc = newLab();
  edit(doc, add('a', 1));
  expect(order(doc)).toEqual(['first', 'a']);
  expect(currentItem(view(doc))).toEqual(item('a', 1));
  edit(doc, { type: 'select', item: 'first' });
  expect(currentItem(view(doc))?.set['n']).toBe(DEFAULT_PARAMETERS.n);
});

test('an item is not added twice, and no more are added than the limit', () => {
  const doc = newLab();
  edit(doc, add('a', 1), add('a', 2));
  expect(order(doc)).toEqual(['first', 'a']);
  for (let i = 0; i < 2 * LAB_LIMITS.agenda; i++) edit(doc, add(`b${i}`, 2 + i));
  expect(order(doc)).toHaveLength(LAB_LIMITS.agenda);
});

test('a removed current item leaves its neighbour current; the last one stays', () => {
  const doc = newLab();
  edit(doc, add('a', 1), add('b', 2), { type: 'select', item: 'a' }, { type: 'remove', item: 'a' });
  expect(view(doc).current).toBe('b');
  edit(doc, { type: 'remove', item: 'b' });
  expect(view(doc).current).toBe('first');
  edit(doc, { type: 'remove', item: 'first' });
  expect(order(doc)).toEqual(['first']);
});

test('a removed item comes back where it was, with its name and values', () => {
  const doc = newLab();
  edit(doc, add('a', 1), add('b', 2), { type: 'remove', item: 'a' }, add('a', 1));
  expect(view(doc).agenda[1]).toEqual(item('a', 1));
});

test('items move to any place, also those that share a position', () => {
  const doc = newLab();
  edit(doc, add('a', 1), add('b', 1), { type: 'move', item: 'b', to: 0 });
  expect(order(doc)).toEqual(['b', 'first', 'a']);
  edit(doc, { type: 'move', item: 'b', to: 99 });
  expect(order(doc)).toEqual(['first', 'a', 'b']);
  edit(doc, { type: 'move', item: 'a', to: -5 });
  expect(order(doc)).toEqual(['a', 'first', 'b']);
});

test('titles and names are one clean line within their length; an empty title changes nothing', () => {
  const doc = newLab();
  edit(
    doc,
    { type: 'title', title: '  Reading\u0000\n group\u202E ' },
    { type: 'label', item: 'first', label: 'é'.repeat(99) },
  );
  expect(view(doc).title).toBe('Reading group');
  expect(view(doc).agenda[0]?.label).toBe('é'.repeat(LAB_LIMITS.label));
  edit(doc, { type: 'title', title: ' \u200B ' });
  expect(view(doc).title).toBe('Reading group');
});

test('an edit of an item that is gone does nothing', () => {
  const doc = newLab();
  const before = view(doc);
  edit(
    doc,
    { type: 'select', item: 'x' },
    { type: 'move', item: 'x', to: 0 },
    { type: 'label', item: 'x', label: 'x' },
    { type: 'remove', item: 'x' },
  );
  expect(view(doc)).toEqual(before);
});

test('one removes what another selects: both see the same item', () => {
  const [a, b] = [newLab(), new Y.Doc()];
  edit(a, add('a', 1), { type: 'select', item: 'first' });
  exchange(a, b);
  edit(a, { type: 'remove', item: 'a' });
  edit(b, { type: 'select', item: 'a' });
  exchange(a, b);
  expect(view(a)).toEqual(view(b));
  expect(currentItem(view(a))?.id).toBe('first');
});
