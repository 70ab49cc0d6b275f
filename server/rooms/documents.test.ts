import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { expect, test, vi } from 'vitest';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { EXPERIMENTS } from '#lib/experiments/index';
import { LAB_SCHEMA, readLab, setParameters } from '#lib/room/lab';
import { LIMITS } from '#lib/wire/limits';
import { CLOSE, DOCUMENT_MESSAGE } from '#lib/wire/protocol';
import type { LabDependencies } from '../lab.ts';
import {
  connectClient,
  openBareDocument,
  openDocument,
  startTestLab,
  type BareDocument,
  type TestLab,
} from '../lab.fixture.ts';
import { createMemoryStorage } from '../storage/memory.ts';
import { createTickets } from './tickets.ts';

interface Bench {
  readonly lab: TestLab;
  readonly room: RoomId;
  readonly ticket: string;
}

/** A room, and a ticket to its document. */
async function enter(seat: boolean, dependencies: Partial<LabDependencies> = {}): Promise<Bench> {
  const lab = await startTestLab(dependencies);
  const room = await lab.newRoom();
  const { ticket } = await (await connectClient(lab.url)).join(room, { seat });
  return { lab, room, ticket };
}

const openBare = ({ lab, room, ticket }: Bench): Promise<BareDocument> =>
  openBareDocument(lab.url, `${room}/lab?ticket=${ticket}`);

const syncMessage = (step: 1 | 2, update: Uint8Array): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, DOCUMENT_MESSAGE.sync);
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, update);
  });

const syncStep1 = encoding.encode((encoder) => {
  encoding.writeVarUint(encoder, DOCUMENT_MESSAGE.sync);
  sync.writeSyncStep1(encoder, new Y.Doc());
});

/** n of every "durable up to n" so far. */
const durable = ({ messages }: BareDocument): number[] =>
  messages.filter(([type]) => type === DOCUMENT_MESSAGE.durable).map((message) => message[1] ?? -1);

/** The document as the server tells it to a newcomer. */
async function serverState(bench: Bench): Promise<Y.Doc> {
  const bare = await openBare(bench);
  const doc = new Y.Doc();
  bare.socket.send(syncStep1);
  await vi.waitFor(() => expect(bare.messages.some(([type, step]) => type === 0 && step === 1)).toBe(true));
  for (const message of bare.messages) {
    const decoder = decoding.createDecoder(message);
    if (decoding.readVarUint(decoder) === 0) sync.readSyncMessage(decoder, encoding.createEncoder(), doc, null);
  }
  return doc;
}

/** An update that says one thing in a document of its own. */
function edit(key: string, value: unknown): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap('lab').set(key, value);
  return Y.encodeStateAsUpdate(doc);
}

test('P31 two clients converge on released values', async () => {
  const { lab, room, ticket } = await enter(true);
  const [ada, bob] = [openDocument(lab.url, room, ticket), openDocument(lab.url, room, ticket)];
  const parameters = (doc: Y.Doc): unknown => readLab(doc)?.agenda[0]?.set;
  await vi.waitFor(() => expect(parameters(ada.doc)).toMatchObject({ n: 5 }));
  await vi.waitFor(() => expect(parameters(bob.doc)).toMatchObject({ n: 5 }));
  setParameters(ada.doc, 'first', { n: 7 }, 'ada');
  setParameters(bob.doc, 'first', { m: 3 }, 'bob');
  await vi.waitFor(() => expect(parameters(bob.doc)).toMatchObject({ n: 7, m: 3 }));
  await vi.waitFor(() => expect(parameters(ada.doc)).toEqual(parameters(bob.doc)));
});

test('S4 P30 a ticket that is forged, old or of another room is closed with 4401', async () => {
  const secret = new Uint8Array(32);
  const lab = await startTestLab({}, { secret });
  const room = await lab.newRoom();
  const pass = { room, person: room as never, role: 'editor', access: 1, document: 1 } as const;
  const old = createTickets(secret, () => Date.now() - 600_001).issue(pass);
  const forged = createTickets(new Uint8Array(32).fill(1), Date.now).issue(pass);
  const elsewhere = createTickets(secret, Date.now).issue({ ...pass, room: 'BAAAAAAAAAAAAAAAAAAAAA' as RoomId });
  for (const ticket of [old, forged, elsewhere, '', 'a.b.c'])
    expect(await (await openBareDocument(lab.url, `${room}/lab?ticket=${ticket}`)).closed).toBe(CLOSE.ticket);
});

test('a ticket of a room that is gone is closed with 4404', async () => {
  const secret = new Uint8Array(32);
  const lab = await startTestLab({}, { secret });
  const room = 'AAAAAAAAAAAAAAAAAAAAAA' as RoomId;
  const ticket = createTickets(secret, Date.now).issue({
    room,
    person: room as never,
    role: 'editor',
    access: 1,
    document: 1,
  });
  expect(await (await openBareDocument(lab.url, `${room}/lab?ticket=${ticket}`)).closed).toBe(CLOSE.missing);
});

for (const [name, step] of [
  ['SyncStep2', 1],
  ['Update', 2],
] as const)
  test(`P32 a viewer’s ${name} is refused and changes nothing`, async () => {
    const bench = await enter(false);
    const bare = await openBare(bench);
    bare.socket.send(syncMessage(step, edit('title', 'mine now')));
    expect(await bare.closed).toBe(CLOSE.forbidden);
    expect(readLab(await serverState(bench))?.title).toBe(EXPERIMENTS[0]?.title);
  });

test('P32 a viewer’s SyncStep2 that changes nothing is welcome, deletions and all', async () => {
  const bench = await enter(true);
  const { doc } = openDocument(bench.lab.url, bench.room, bench.ticket);
  await vi.waitFor(() => expect(readLab(doc)).toBeDefined());
  for (const n of [6, 7, 8]) setParameters(doc, 'first', { n }, 'ada');
  const viewer = await (await connectClient(bench.lab.url)).join(bench.room, { seat: false });
  await vi.waitFor(async () => expect(readLab(await serverState(bench))?.agenda[0]?.set['n']).toBe(8));
  const bare = await openBare({ ...bench, ticket: viewer.ticket });
  bare.socket.send(syncMessage(1, Y.encodeStateAsUpdate(doc)));
  await vi.waitFor(() => expect(durable(bare)).toEqual([1]));
  expect(bare.socket.readyState).toBe(bare.socket.OPEN);
});

test('P33 an edit is acknowledged when it is on disk, not before, and the others see it meanwhile', async () => {
  const storage = createMemoryStorage();
  let write = (): void => undefined;
  const disk = new Promise<void>((resolve) => (write = resolve));
  const slow = {
    ...storage,
    append: (...edit: Parameters<typeof storage.append>) => disk.then(() => storage.append(...edit)),
  };
  const bench = await enter(true, { storage: slow });
  const bare = await openBare(bench);
  bare.socket.send(syncMessage(2, edit('title', 'one')));
  bare.socket.send(syncMessage(2, edit('title', 'two')));
  await vi.waitFor(async () => expect(readLab(await serverState(bench))?.title).toMatch(/one|two/));
  expect(durable(bare)).toEqual([]);
  write();
  await vi.waitFor(() => expect(durable(bare).at(-1)).toBe(2));
  expect((await storage.loadRoom(bench.room))?.documents.lab.updates).toHaveLength(3);
});

test('P33 a failing disk is asked again before anything is acknowledged', async () => {
  const storage = createMemoryStorage();
  let full = true;
  const failing = {
    ...storage,
    append: (...edit: Parameters<typeof storage.append>) =>
      full ? Promise.reject(new Error('disk full')) : storage.append(...edit),
  };
  const bench = await enter(true, { storage: failing });
  const bare = await openBare(bench);
  bare.socket.send(syncMessage(2, edit('title', 'kept')));
  bare.socket.send(syncMessage(1, Y.encodeStateAsUpdate(await serverState(bench))));
  expect(durable(bare)).toEqual([]);
  full = false;
  await vi.waitFor(() => expect(durable(bare).at(-1)).toBe(2), 5_000);
  expect((await storage.loadRoom(bench.room))?.documents.lab.updates).toHaveLength(2);
});

test('P33 an update whose predecessor is missing is not counted until that has come', async () => {
  const bench = await enter(true);
  const updates: Uint8Array[] = [];
  const doc = new Y.Doc();
  doc.on('update', (update: Uint8Array) => void updates.push(update));
  for (const title of ['one', 'two']) doc.getMap('lab').set('title', title);
  const bare = await openBare(bench);
  const [first, second] = updates as [Uint8Array, Uint8Array];
  bare.socket.send(syncMessage(2, second));
  await serverState(bench);
  expect(durable(bare)).toEqual([]);
  bare.socket.send(syncMessage(2, first));
  await vi.waitFor(() => expect(durable(bare)).toEqual([2]));
});

test('P33 what another waits for keeps nobody from being told, and is told when it has come', async () => {
  const bench = await enter(true);
  const [ada, bob] = [await openBare(bench), await openBare(bench)];
  const author = new Y.Doc();
  author.getMap('lab').set('first', 1);
  const first = Y.encodeStateAsUpdate(author);
  const known = Y.encodeStateVector(author);
  author.getMap('lab').set('second', 2);
  ada.socket.send(syncMessage(2, Y.encodeStateAsUpdate(author, known)));
  await vi.waitFor(async () => expect((await serverState(bench)).getMap('lab').has('second')).toBe(false));
  bob.socket.send(syncMessage(2, edit('bobs', true)));
  await vi.waitFor(async () => expect((await serverState(bench)).getMap('lab').has('bobs')).toBe(true));
  await vi.waitFor(() => expect([durable(ada), durable(bob)]).toEqual([[], [1]]));
  bob.socket.send(syncMessage(2, first));
  await vi.waitFor(() => expect([durable(ada), durable(bob)]).toEqual([[1], [1, 2]]));
});

test('S12 P35 updates that wait for ever are forgotten with their author', async () => {
  const bench = await enter(true);
  const doc = new Y.Doc();
  doc.getMap('lab').set('title', 'withheld');
  const before = Y.encodeStateVector(doc);
  doc.getMap('lab').set('title', 'x'.repeat(10_000));
  const bare = await openBare(bench);
  bare.socket.send(syncMessage(2, Y.encodeStateAsUpdate(doc, before)));
  await vi.waitFor(async () => expect((await serverState(bench)).store.pendingStructs).not.toBeNull());
  bare.socket.terminate();
  await vi.waitFor(async () => expect((await serverState(bench)).store.pendingStructs).toBeNull());
});

test('P35 what is not a message of the protocol is closed with 4422', async () => {
  const bench = await enter(true);
  const bad = [
    Uint8Array.of(),
    Uint8Array.of(9),
    Uint8Array.of(0, 7, 0),
    Uint8Array.of(0, 2, 200),
    syncMessage(2, Uint8Array.of(1, 2, 3)),
  ];
  for (const message of bad) {
    const bare = await openBare(bench);
    bare.socket.send(message);
    expect(await bare.closed).toBe(CLOSE.invalid);
  }
  const bare = await openBare(bench);
  bare.socket.send('text');
  expect(await bare.closed).toBe(CLOSE.invalid);
  expect(readLab(await serverState(bench))?.title).toBe(EXPERIMENTS[0]?.title);
});

test('S12 P35 an edit beyond the document’s limit is closed with 4409', async () => {
  const bench = await enter(true, { limits: { document: 3_000 } });
  const bare = await openBare(bench);
  bare.socket.send(syncMessage(2, edit('note', 'x'.repeat(2_900))));
  expect(await bare.closed).toBe(CLOSE.full);
  expect((await serverState(bench)).getMap('lab').get('note')).toBeUndefined();
});

test('S12 S14 P35 a message beyond the limit ends its connection, changes nothing, and the others go on', async () => {
  const bench = await enter(true);
  const [bare, other] = [await openBare(bench), await openBare(bench)];
  bare.socket.send(syncMessage(2, edit('mine', 'x'.repeat(LIMITS.update))));
  expect(await bare.closed).toBe(1009);
  other.socket.send(syncMessage(2, edit('mine', 'still here')));
  await vi.waitFor(() => expect(durable(other)).toEqual([1]));
  expect((await serverState(bench)).getMap('lab').get('mine')).toBe('still here');
});

test('S13 P123 a person has so many connections to a document, and all people together', async () => {
  const lab = await startTestLab({ limits: { documentTabs: 2, documentConnections: 3 } });
  const room = await lab.newRoom();
  const ticketOf = async (): Promise<string> => (await (await connectClient(lab.url)).join(room)).ticket;
  const open = async (ticket: string): Promise<BareDocument> =>
    openBareDocument(lab.url, `${room}/lab?ticket=${ticket}`);
  const asked = ({ messages }: BareDocument): Promise<void> =>
    vi.waitFor(() => expect(messages.length).toBeGreaterThan(0));
  const [ada, bob] = [await ticketOf(), await ticketOf()];
  const first = await open(ada);
  await asked(first);
  await asked(await open(ada));
  expect(await (await open(ada)).closed).toBe(CLOSE.draining);
  await asked(await open(bob));
  expect(await (await open(bob)).closed).toBe(CLOSE.draining);
  first.socket.close();
  await first.closed;
  await asked(await open(bob));
});

test('S14 P123 who asks for the whole document again and again is sent away, and comes back', async () => {
  const bench = await enter(false);
  const bare = await openBare(bench);
  for (let i = 0; i < LIMITS.documentStates + 1; i++) bare.socket.send(syncStep1);
  expect(await bare.closed).toBe(CLOSE.draining);
  const told = bare.messages.filter(([type, step]) => type === 0 && step === 1);
  expect(told).toHaveLength(LIMITS.documentStates);
  expect(readLab(await serverState(bench))?.title).toBe(EXPERIMENTS[0]?.title);
});

test('S13 P123 one value that is set over and over does not fill the disk, and none of it is lost', async () => {
  const storage = createMemoryStorage();
  const bench = await enter(true, { storage, limits: { documentLog: 100_000 } });
  const bare = await openBare(bench);
  const doc = new Y.Doc();
  doc.on('update', (update: Uint8Array) => {
    bare.socket.send(syncMessage(2, update));
  });
  for (let i = 0; i < 100; i++) doc.getMap('lab').set('mine', `${i}`.repeat(5_000));
  await vi.waitFor(() => expect(durable(bare).at(-1)).toBe(100), 10_000);
  const stored = present((await storage.loadRoom(bench.room))?.documents.lab, 'the document');
  expect(stored.updates.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(250_000);
  const copy = new Y.Doc();
  for (const update of stored.updates) Y.applyUpdate(copy, update);
  expect(copy.getMap('lab').get('mine')).toBe('99'.repeat(5_000));
});

test('awareness of a client is ignored', async () => {
  const bench = await enter(true);
  const [ada, bob] = [await openBare(bench), await openBare(bench)];
  ada.socket.send(Uint8Array.of(DOCUMENT_MESSAGE.awareness, 1, 0));
  ada.socket.send(syncMessage(2, edit('title', 'seen')));
  await vi.waitFor(() => expect(bob.messages.length).toBeGreaterThan(1));
  expect(bob.messages.map(([type]) => type)).not.toContain(DOCUMENT_MESSAGE.awareness);
});

test('P34 something is said every ten seconds', async () => {
  const bench = await enter(true);
  const bare = await openBare(bench);
  await vi.waitFor(() => expect(bare.messages).toContainEqual(Uint8Array.of(DOCUMENT_MESSAGE.awareness, 1, 0)), 11_000);
});

test('P80 P81 a document that is mostly history begins anew when nobody is there, and older copies are turned away', async () => {
  const lab = await startTestLab({ linger: 20 });
  const room = await lab.newRoom();
  const ada = await connectClient(lab.url);
  const { ticket, epoch } = await ada.join(room);
  expect(epoch).toBe(1);
  const { doc, provider } = openDocument(lab.url, room, ticket);
  await vi.waitFor(() => expect(readLab(doc)).toBeDefined());
  for (let i = 0; i < 60; i++)
    doc.transact(() => {
      for (let k = 0; k < 60; k++) {
        const once = new Y.Map<unknown>([['text', 'x'.repeat(30)]]);
        doc.getMap('agenda').set(`gone ${i} ${k}`, once);
        doc.getMap('agenda').delete(`gone ${i} ${k}`);
        doc.getMap('lab').set(`spare ${i % 2}`, `${i} ${k}`);
      }
    });
  setParameters(doc, 'first', { n: 9 }, 'ada');
  const before = Y.encodeStateAsUpdate(doc).length;
  expect(before).toBeGreaterThan(64_000);
  await vi.waitFor(async () => expect(await nOf(lab, room)).toBe(9), { timeout: 20_000, interval: 100 });
  provider.destroy();
  ada.close();
  const rooms = async (): Promise<unknown> =>
    ((await (await fetch(`${lab.url}/api/health`)).json()) as { rooms: number }).rooms;
  await vi.waitFor(async () => expect(await rooms()).toBe(0), 5_000);

  const stale = await openBareDocument(lab.url, `${room}/lab?ticket=${ticket}`);
  expect(await stale.closed).toBe(CLOSE.epoch);
  const back = await connectClient(lab.url);
  const joined = await back.join(room);
  expect(joined.epoch).toBeGreaterThan(epoch);
  const renewed = openDocument(lab.url, room, joined.ticket);
  await vi.waitFor(() => expect(readLab(renewed.doc)?.agenda[0]?.set['n']).toBe(9));
  expect(Y.encodeStateAsUpdate(renewed.doc).length).toBeLessThan(before / 4);
});

test('P84 a document of another form is brought to the present one when its room is loaded, once, and stays so', async () => {
  const storage = createMemoryStorage();
  const lab = await startTestLab({ storage });
  const room = await lab.newRoom();
  await lab.close();
  const old = new Y.Doc();
  for (const update of (await storage.loadRoom(room))?.documents.lab.updates ?? []) Y.applyUpdate(old, update);
  const known = Y.encodeStateVector(old);
  old.getMap('lab').set('schema', 'none that was');
  old.getMap('agenda').delete('first');
  await storage.append(room, 'lab', Y.encodeStateAsUpdate(old, known));

  for (let start = 0; start < 2; start++) {
    const again = await startTestLab({ storage });
    const { ticket } = await (await connectClient(again.url)).join(room);
    const { doc } = openDocument(again.url, room, ticket);
    await vi.waitFor(() => expect(readLab(doc)).toMatchObject({ schema: LAB_SCHEMA, agenda: [{ set: { n: 5 } }] }));
    await again.close();
  }
  expect((await storage.loadRoom(room))?.documents.lab.updates).toHaveLength(3);
});

/** The parameter n, as a newcomer reads it. */
async function nOf(lab: TestLab, room: RoomId): Promise<unknown> {
  const visitor = await connectClient(lab.url);
  const { doc, provider } = openDocument(lab.url, room, (await visitor.join(room)).ticket);
  await vi.waitFor(() => expect(readLab(doc)).toBeDefined());
  provider.destroy();
  visitor.close();
  return readLab(doc)?.agenda[0]?.set['n'];
}
