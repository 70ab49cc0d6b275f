/** The document `notes` over the real endpoint: whose entries are whose. */
import { expect, test, vi } from 'vitest';
import type { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { PersonId, RoomId } from '#lib/base/id';
import { readAuthors } from '#lib/room/author';
import { authorsOf, notepadOf, notesOf } from '#lib/room/notes';
import { CLOSE } from '#lib/wire/protocol';
import { connectClient, openDocument, startTestLab, type TestLab } from '../lab.fixture.ts';
import { createMemoryStorage } from '../storage/memory.ts';

interface Writer {
  readonly id: PersonId;
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  /** Codes with which the connection was closed. */
  readonly closed: number[];
}

async function openOwned(lab: TestLab): Promise<{ room: RoomId; ownerKey: string }> {
  return (await (await fetch(`${lab.url}/api/rooms`, { method: 'POST' })).json()) as { room: RoomId; ownerKey: string };
}

async function arrive(lab: TestLab, room: RoomId, wishes: object = {}): Promise<Writer> {
  const client = await connectClient(lab.url);
  const { me, ticket } = await client.join(room, wishes);
  const { doc, provider } = openDocument(lab.url, room, ticket, 'notes');
  const closed: number[] = [];
  provider.on('connection-close', (event) => void closed.push(event?.code ?? 0));
  await vi.waitFor(() => expect(provider.synced).toBe(true));
  return { id: me.id, doc, provider, closed };
}

const note = (author: string, text = 'A pentagon.'): Y.Map<unknown> =>
  new Y.Map<unknown>(Object.entries({ author, at: 1, text }));

const textOf = ({ doc }: Writer, id: string): unknown =>
  (notesOf(doc).toJSON()[id] as { text?: unknown } | undefined)?.text;

test('P82 P83 notes are seen by all, changed by their author alone, and by the owner', async () => {
  const lab = await startTestLab();
  const { room, ownerKey } = await openOwned(lab);
  const [ada, bob] = [await arrive(lab, room), await arrive(lab, room)];
  notesOf(ada.doc).set('hers', note(ada.id));
  notepadOf(bob.doc).insert(0, 'Minutes');
  await vi.waitFor(() => expect(textOf(bob, 'hers')).toBe('A pentagon.'));
  await vi.waitFor(() => expect(notepadOf(ada.doc).toJSON()).toBe('Minutes'));

  (notesOf(bob.doc).get('hers') as Y.Map<unknown>).set('text', 'Nonsense.');
  await vi.waitFor(() => expect(bob.closed).toContain(CLOSE.forbidden));
  const carol = await arrive(lab, room);
  expect(textOf(carol, 'hers')).toBe('A pentagon.');

  const owner = await arrive(lab, room, { keys: [ownerKey] });
  notesOf(owner.doc).delete('hers');
  await vi.waitFor(() => expect(notesOf(ada.doc).has('hers')).toBe(false));
});

test('S6 P83 nobody writes in another’s name, whatever it is wrapped in', async () => {
  const lab = await startTestLab();
  const { room } = await openOwned(lab);
  const [ada, bob] = [await arrive(lab, room), await arrive(lab, room)];
  bob.doc.transact(() => {
    notesOf(bob.doc).set('his', note(bob.id));
    notesOf(bob.doc).set('forged', note(ada.id, 'I, Ada, agree.'));
  });
  await vi.waitFor(() => expect(bob.closed).toContain(CLOSE.forbidden));
  expect([...notesOf((await arrive(lab, room)).doc).keys()]).toEqual([]);
});

test('S6 P83 an update that cannot even be judged is not believed when it comes again', async () => {
  const lab = await startTestLab();
  const { room } = await openOwned(lab);
  const ada = await arrive(lab, room);
  const client = await connectClient(lab.url);
  const { me, ticket } = await client.join(room);
  const attack = new Y.Doc();
  // JSON knows no big integers.
  notesOf(attack).set('unjudged', new Y.Map<unknown>(Object.entries({ author: me.id, at: 1, text: '', anchor: 1n })));
  notesOf(attack).set('forged', note(ada.id, 'I, Ada, agree.'));
  for (let i = 0; i < 3; i++) {
    const { doc, provider } = openDocument(lab.url, room, ticket, 'notes');
    const closed = new Promise((resolve) => provider.once('connection-close', resolve));
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(attack));
    await closed;
    provider.destroy();
  }
  expect([...notesOf((await arrive(lab, room)).doc).keys()]).toEqual([]);
});

test('S5 P82 a viewer reads notes and writes none, by update or by SyncStep2', async () => {
  const lab = await startTestLab();
  const { room } = await openOwned(lab);
  const ada = await arrive(lab, room);
  notesOf(ada.doc).set('hers', note(ada.id));
  const viewer = await arrive(lab, room, { seat: false });
  await vi.waitFor(() => expect(textOf(viewer, 'hers')).toBe('A pentagon.'));
  notesOf(viewer.doc).set('mine', note(viewer.id));
  await vi.waitFor(() => expect(viewer.closed).toContain(CLOSE.forbidden));
  // What it wrote goes out again with the next SyncStep2, and is refused again.
  const again = await connectClient(lab.url);
  const { ticket } = await again.join(room, { seat: false });
  viewer.provider.params = { ticket };
  viewer.provider.connect();
  await vi.waitFor(() => expect(viewer.closed.filter((code) => code === CLOSE.forbidden)).toHaveLength(2));
  expect(notesOf(ada.doc).has('mine')).toBe(false);
});

test('P82 notes are there after a restart, beside the experiment', async () => {
  const storage = createMemoryStorage();
  const before = await startTestLab({ storage });
  const { room } = await openOwned(before);
  const ada = await arrive(before, room);
  notesOf(ada.doc).set('hers', note(ada.id));
  const bob = await arrive(before, room);
  await vi.waitFor(() => expect(textOf(bob, 'hers')).toBe('A pentagon.'));
  for (const { provider } of [ada, bob]) provider.destroy();
  await before.close();

  const after = await startTestLab({ storage });
  const back = await arrive(after, room);
  expect(textOf(back, 'hers')).toBe('A pentagon.');
});

test('S18 P85 who writes is entered under the name that they have, by the server, and is known when they are gone', async () => {
  const lab = await startTestLab();
  const { room } = await openOwned(lab);
  const ada = await arrive(lab, room, { name: 'Ada', colour: 3 });
  const reader = await arrive(lab, room, { name: 'Rosa' });
  notesOf(ada.doc).set('hers', note(ada.id));
  await vi.waitFor(() => expect(readAuthors(reader.doc).get(ada.id)).toEqual({ name: 'Ada', colour: 3 }));
  ada.provider.destroy();
  const later = await arrive(lab, room);
  expect([...readAuthors(later.doc).keys()]).toEqual([ada.id]);
});

test('S18 P85 nobody gives themselves or another a name in notes', async () => {
  const lab = await startTestLab();
  const { room, ownerKey } = await openOwned(lab);
  const owner = await arrive(lab, room, { keys: [ownerKey] });
  authorsOf(owner.doc).set(owner.id, { name: 'Somebody else', colour: 0 });
  await vi.waitFor(() => expect(owner.closed).toContain(CLOSE.forbidden));
  expect(readAuthors((await arrive(lab, room)).doc).size).toBe(0);
});

test('S19 the notepad is everybody’s who may write notes, plain text, and no viewer’s', async () => {
  const lab = await startTestLab();
  const { room } = await openOwned(lab);
  const [ada, bob] = [await arrive(lab, room), await arrive(lab, room)];
  notepadOf(ada.doc).insert(0, 'Minutes of Monday');
  await vi.waitFor(() => expect(notepadOf(bob.doc).toJSON()).toBe('Minutes of Monday'));
  notepadOf(bob.doc).delete(7, 10);
  await vi.waitFor(() => expect(notepadOf(ada.doc).toJSON()).toBe('Minutes'));
  const viewer = await arrive(lab, room, { seat: false });
  notepadOf(viewer.doc).insert(0, 'No. ');
  await vi.waitFor(() => expect(viewer.closed).toContain(CLOSE.forbidden));
  notepadOf(bob.doc).insertEmbed(0, { image: 'x' });
  await vi.waitFor(() => expect(bob.closed).toContain(CLOSE.forbidden));
  expect(notepadOf((await arrive(lab, room)).doc).toJSON()).toBe('Minutes');
});
