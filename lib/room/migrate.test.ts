import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { editLab } from './agenda.ts';
import { agendaOf, LAB_SCHEMA, labOf, readLab, seedLab, type LabView, type Seed } from './lab.ts';
import { migrateLab, MIGRATIONS, type Migration } from './migrate.ts';

const SEED: Seed = { title: 'Introduction', experiment: 'introduction', parameters: DEFAULT_PARAMETERS };

/** A room, and how often its document changed since. */
function room(): { doc: Y.Doc; updates: Uint8Array[] } {
  const doc = new Y.Doc();
  seedLab(doc, { ...SEED, title: 'Tuesdays' }, 'server');
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  return { doc, updates };
}

const NEXT: readonly Migration[] = [
  ...MIGRATIONS,
  (doc) => labOf(doc).set('layout', 'wide'),
  (doc) => labOf(doc).set('was', labOf(doc).get('layout')),
];

test('there is a migration to every schema that was', () => {
  expect(MIGRATIONS).toHaveLength(LAB_SCHEMA - 1);
});

test('an older document goes all the way in one transaction, once', () => {
  const { doc, updates } = room();
  migrateLab(doc, SEED, 'server', NEXT);
  expect(labOf(doc).toJSON()).toMatchObject({ schema: LAB_SCHEMA + 2, layout: 'wide', was: 'wide', title: 'Tuesdays' });
  migrateLab(doc, SEED, 'server', NEXT);
  expect(updates).toHaveLength(1);
});

test('a document of this version, or of one to come, is left as it is', () => {
  const { doc, updates } = room();
  migrateLab(doc, SEED, 'server');
  expect(updates).toHaveLength(0);
  labOf(doc).set('schema', LAB_SCHEMA + 7);
  migrateLab(doc, SEED, 'server', NEXT);
  expect(labOf(doc).get('schema')).toBe(LAB_SCHEMA + 7);
  expect(labOf(doc).has('layout')).toBe(false);
});

test.each([undefined, null, 'new', -1, 0.5, Number.NaN])(
  'a schema %s, which is none, counts as the first',
  (schema) => {
    const { doc } = room();
    labOf(doc).set('schema', schema);
    migrateLab(doc, SEED, 'server', NEXT);
    expect(labOf(doc).get('schema')).toBe(LAB_SCHEMA + 2);
  },
);

test('where two removed the last two experiments at once there is one again, and the room keeps its name', () => {
  const { doc: ada } = room();
  const item = { id: 'second', experiment: 'introduction', label: 'Two', position: 1, set: {} };
  editLab(ada, { type: 'add', item }, 'ada');
  const bob = new Y.Doc();
  Y.applyUpdate(bob, Y.encodeStateAsUpdate(ada));
  editLab(ada, { type: 'remove', item: 'first' }, 'ada');
  editLab(bob, { type: 'remove', item: 'second' }, 'bob');
  Y.applyUpdate(ada, Y.encodeStateAsUpdate(bob));
  expect(agendaOf(ada).size).toBe(0);
  migrateLab(ada, SEED, 'server');
  expect(readLab(ada)).toMatchObject({ title: 'Tuesdays', agenda: [{ experiment: 'introduction' }] });
});

test('what no reader knows is passed over, and a room is read without its schema and its current item', () => {
  const { doc } = room();
  for (const key of ['schema', 'current']) labOf(doc).delete(key);
  const parameters = (agendaOf(doc).get('first') as Y.Map<unknown>).get('parameters') as Y.Map<unknown>;
  parameters.set('n', 1n);
  parameters.set('unknown', 3);
  const view = readLab(doc) as LabView;
  expect(view.agenda[0]?.set).toMatchObject({ m: DEFAULT_PARAMETERS.m });
  expect(Object.keys(view.agenda[0]?.set ?? {})).not.toContain('unknown');
  // The page of the room carries it as JSON.
  expect(() => JSON.stringify(view)).not.toThrow();
});
