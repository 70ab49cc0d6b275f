import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { editLab } from './agenda.ts';
import { createHistory, type History, type HistoryState } from './history.ts';
import { readLab, seedLab, setParameters } from './lab.ts';

interface Hand {
  readonly doc: Y.Doc;
  readonly origin: object;
  readonly history: History;
  readonly states: HistoryState[];
}

/** Two people in one room: what one writes is with the other at once. */
function meet(): [ada: Hand, bob: Hand] {
  const [ada, bob] = [createHand(), createHand()];
  seedLab(ada.doc, { title: 'A room', experiment: 'introduction', parameters: DEFAULT_PARAMETERS }, 'server');
  Y.applyUpdate(bob.doc, Y.encodeStateAsUpdate(ada.doc), 'network');
  const link = (from: Y.Doc, to: Y.Doc): void => {
    from.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'network') Y.applyUpdate(to, update, 'network');
    });
  };
  link(ada.doc, bob.doc);
  link(bob.doc, ada.doc);
  return [ada, bob];
}

function createHand(): Hand {
  const [doc, origin, states] = [new Y.Doc(), {}, [] as HistoryState[]];
  return { doc, origin, states, history: createHistory(doc, origin, (state) => states.push(state)) };
}

const set = (hand: Hand, values: object): void => {
  setParameters(hand.doc, 'first', values, hand.origin);
};
const value = ({ doc }: Hand, key: string): unknown => readLab(doc)?.agenda[0]?.set[key];

test('takes back one change after the other, also where they followed at once, and brings them back', () => {
  const [ada, bob] = meet();
  set(ada, { n: 6 });
  set(ada, { n: 7 });
  ada.history.undo();
  expect([value(ada, 'n'), value(bob, 'n')]).toEqual([6, 6]);
  ada.history.undo();
  expect(value(bob, 'n')).toBe(DEFAULT_PARAMETERS.n);
  ada.history.redo();
  ada.history.redo();
  expect(value(bob, 'n')).toBe(7);
});

test('never takes back what another wrote: before, between or after', () => {
  const [ada, bob] = meet();
  set(bob, { m: 3 });
  set(ada, { n: 6 });
  set(bob, { batch: 64 });
  set(ada, { n: 7 });
  for (let i = 0; i < 5; i++) ada.history.undo();
  expect([value(ada, 'n'), value(ada, 'm'), value(ada, 'batch')]).toEqual([DEFAULT_PARAMETERS.n, 3, 64]);
  set(ada, { n: 8 });
  set(bob, { n: 9 });
  ada.history.undo();
  expect([value(ada, 'n'), value(bob, 'n')]).toEqual([9, 9]);
});

test('a removed experiment comes back with its values', () => {
  const [ada, bob] = meet();
  const item = { id: 'second', experiment: 'introduction', label: 'Two', position: 1, set: { n: 4 } };
  editLab(ada.doc, { type: 'add', item }, ada.origin);
  editLab(ada.doc, { type: 'remove', item: 'second' }, ada.origin);
  ada.history.undo();
  expect(readLab(bob.doc)?.agenda.map(({ id, label }) => [id, label])).toContainEqual(['second', 'Two']);
});

test('says what can be taken back and brought back, and keeps a hundred steps', () => {
  const [ada, bob] = meet();
  expect(ada.states).toEqual([]);
  set(bob, { n: 6 });
  expect(ada.states).toEqual([]);
  for (let i = 0; i < 150; i++) set(ada, { n: 6 + (i % 2) });
  expect(ada.states.at(-1)).toEqual({ undo: true, redo: false });
  let undone = 0;
  while (ada.states.at(-1)?.undo === true && undone < 200) {
    ada.history.undo();
    undone++;
  }
  expect(undone).toBe(100);
  expect(ada.states.at(-1)).toEqual({ undo: false, redo: true });
});
