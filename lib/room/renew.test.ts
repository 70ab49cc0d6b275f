import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { editLab } from './agenda.ts';
import { readLab, seedLab, setParameters } from './lab.ts';
import { renewLab } from './renew.ts';

/** A room in which values of two parameters were set in turn: those of one alone would be stored as one change. */
function usedRoom(edits: number): Y.Doc {
  const doc = new Y.Doc();
  seedLab(doc, { title: 'A room', experiment: 'introduction', parameters: DEFAULT_PARAMETERS }, 'server');
  const item = { id: 'second', experiment: 'introduction', label: 'Two', position: 1, set: { n: 4 } };
  editLab(doc, { type: 'add', item }, 'ada');
  for (let i = 0; i < edits; i++) {
    setParameters(doc, 'first', { seed: i }, 'ada');
    setParameters(doc, 'first', { n: 3 + (i % 4) }, 'bob');
  }
  return doc;
}

test('a document that is mostly history becomes small, with the same values, and can be written on', () => {
  const doc = usedRoom(6_000);
  const update = renewLab(doc);
  if (update === undefined) throw new Error('it was not renewed');
  expect(update.length).toBeLessThan(Y.encodeStateAsUpdate(doc).length / 4);
  const renewed = new Y.Doc();
  Y.applyUpdate(renewed, update);
  expect(readLab(renewed)).toEqual(readLab(doc));
  setParameters(renewed, 'second', { n: 9 }, 'ada');
  expect(readLab(renewed)?.agenda[1]?.set['n']).toBe(9);
});

test('a small one is left as it is', () => {
  expect(renewLab(usedRoom(20))).toBeUndefined();
});
