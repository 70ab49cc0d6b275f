import { expect, test, vi } from 'vitest';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { linkId } from '#lib/link/id';
import { SMALL_SPEC, trainedParts } from '#lib/link/link.fixture';
import type { Link } from '#lib/link/link';
import { makeLink, type LinkParts } from '#lib/link/make';
import { tensorOf } from '#lib/link/pack';
import type { RecapLink } from '#lib/link/recap-link';
import { parseFrozen } from '#lib/link/recap-schema';
import { parseLink } from '#lib/link/schema';
import { readAuthors } from '#lib/room/author';
import { mentionOf } from '#lib/room/mention';
import { decodeFrame, encodeFrame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import { editNotes, readThreads } from '#lib/room/threads';
import type { JoinReply, LinkReply, LinkRequest, RecapRequest, StartReply } from '#lib/wire/protocol';
import { connectClient, openDocument, openPage, startTestLab, type Client, type TestLab } from '../lab.fixture.ts';
import { createMemoryStorage } from '../storage/memory.ts';
import type { LabDependencies } from '../lab.ts';

// Trained once, before any connection is open: an idle one is closed after five seconds, which training may take.
const parts: LinkParts = await trainedParts(SMALL_SPEC);
const made = makeLink(parts);
const trained: Link = present(made.ok ? made.value : undefined, 'a link');

interface Bench {
  readonly lab: TestLab;
  readonly room: RoomId;
  readonly ada: Client;
  readonly bob: Client;
  readonly joined: { readonly ada: JoinReply; readonly bob: JoinReply };
}

async function enter(dependencies: Partial<LabDependencies> = {}): Promise<Bench> {
  const lab = await startTestLab(dependencies);
  const room = await lab.newRoom();
  const arrive = async (name: string): Promise<[Client, JoinReply]> => {
    const client = await connectClient(lab.url, await openPage(lab.url));
    return [client, await client.join(room, { name })];
  };
  const [ada, first] = await arrive('Ada');
  const [bob, second] = await arrive('Bob');
  return { lab, room, ada, bob, joined: { ada: first, bob: second } };
}

/** A run that was really trained, published as a browser does. */
async function train(client: Client, wishes: object = {}): Promise<StartReply> {
  const reply = await client.get<StartReply>('start', {
    experiment: 'introduction',
    spec: SMALL_SPEC,
    place: 'browser',
    paused: false,
    ...wishes,
  });
  const { record, lease } = reply;
  const { frames, metrics, record: done } = parts;
  const publish = (event: unknown): Promise<unknown> => client.get('publish', { run: record.id, lease, event });
  await publish({ type: 'started', engine: { name: 'reference', device: 'one thread' } });
  for (const frame of frames) await client.get('frame', encodeFrame({ ...frame, run: record.id, lease }));
  for (const event of metrics) await publish(event);
  const { phase: type, ...status } = done.status;
  await publish({ type, ...status });
  return reply;
}

const wish = ({ record }: StartReply, wishes: Partial<LinkRequest> = {}): LinkRequest => ({
  run: record.id,
  item: 'first',
  again: null,
  title: ' A  pentagon ',
  authors: ['Ada Lovelace'],
  licence: 'CC-BY-4.0',
  notes: [],
  named: true,
  supersedes: null,
  ...wishes,
});

async function read(lab: TestLab, id: string): Promise<Link> {
  const answer = await fetch(`${lab.url}/api/links/${id}`);
  const link = parseLink(await answer.text());
  return present(link.ok ? link.value : undefined, 'a link');
}

test('P190 P192 a finished run becomes a link, whose address is the hash of its bytes and which anybody may read', async () => {
  const { lab, room, ada } = await enter();
  const run = await train(ada);
  const { link, key } = await ada.get<LinkReply>('link', wish(run));
  expect(key).toMatch(/^[\w-]{22}$/);
  const answer = await fetch(`${lab.url}/api/links/${link}`, { headers: { origin: 'https://elsewhere.example' } });
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.getSetCookie()).toEqual([]);
  const held = await read(lab, link);
  expect(linkId(held)).toBe(link);
  expect(held).toMatchObject({ title: 'A pentagon', authors: ['Ada Lovelace'], engine: { name: 'reference' } });
  expect(held.weights.tensors.map(({ shape }) => shape)).toEqual([
    [4, 5, 2],
    [4, 5],
  ]);
  // It outlives its room.
  const again = await fetch(`${lab.url}/api/links/${link}`, { headers: { 'if-none-match': `"${link}"` } });
  expect(again.status).toBe(304);
  expect(JSON.stringify(held)).not.toContain(room);
});

test('P190 who may not run experiments makes no links, nor does anybody of a run that is not there or goes on', async () => {
  const { lab, room, ada } = await enter();
  const watcher = await connectClient(lab.url, await openPage(lab.url));
  await watcher.join(room, { seat: false });
  const run = await train(ada);
  expect(await watcher.refused('link', wish(run))).toMatchObject({ code: 'forbidden' });
  expect(await watcher.refused('askNames', { people: [] })).toMatchObject({ code: 'forbidden' });
  const going = await ada.get<StartReply>('start', {
    experiment: 'introduction',
    spec: SMALL_SPEC,
    place: 'browser',
    paused: true,
  });
  expect(await ada.refused('link', wish(going))).toMatchObject({ code: 'conflict', field: 'run' });
  const unknown = { ...wish(run), run: 'AAAAAAAAAAAAAAAAAAAAAA' };
  expect(await ada.refused('link', unknown)).toMatchObject({ code: 'not-found' });
  expect(await ada.refused('link', wish(run, { licence: 'toString' }))).toMatchObject({ field: 'licence' });
  expect(await ada.refused('link', wish(run, { title: ' \u202e ' }))).toMatchObject({ field: 'title' });
  // An earlier run of the room, from its history.
  expect((await ada.get<LinkReply>('link', wish(run))).link).toMatch(/^[\w-]{22}$/);
});

test('P191 notes come with the names that were lent, and no others', async () => {
  const { lab, room, ada, bob, joined } = await enter();
  const run = await train(ada);
  const mentions = `${mentionOf(joined.ada.me)} and ${mentionOf(joined.bob.me)}`;
  const write = async (reply: JoinReply, id: string): Promise<void> => {
    const { doc, provider } = openDocument(lab.url, room, reply.ticket, 'notes');
    await vi.waitFor(() => expect(provider.synced).toBe(true));
    const edit = { type: 'add', id, at: 1, text: `by ${id}, for ${mentions}`, anchor: null } as const;
    editNotes(doc, edit, { person: reply.me.id, moderates: false }, 'test');
  };
  await write(joined.ada, 'ada');
  await write(joined.bob, 'bob');
  const notes = ['ada', 'bob'];
  let said: readonly string[] = [];
  const authors = async (wishes: Partial<LinkRequest>): Promise<unknown> => {
    const { link } = await ada.get<LinkReply>('link', wish(run, { notes, ...wishes }));
    const held = await read(lab, link);
    expect(JSON.stringify(held)).not.toMatch(new RegExp(`${joined.ada.me.id}|${joined.bob.me.id}`));
    said = held.notes.map(({ text }) => text);
    return Object.fromEntries(held.notes.map(({ id, author }) => [id, author]));
  };
  await vi.waitFor(async () => expect(await authors({})).toEqual({ ada: 'Ada', bob: null }));
  expect(await authors({ named: false, notes: ['ada'] })).toEqual({ ada: null });
  expect(said).toEqual(['by ada, for @Someone and @Someone']);
  expect(await ada.get('askNames', { people: [joined.bob.me.id] })).toEqual([]);
  await vi.waitFor(() => expect(bob.heard('nameAsked')).toEqual([['Ada']]));
  await bob.get('lendName', { allowed: true });
  await vi.waitFor(() => expect(ada.heard('lent').at(-1)).toEqual([[joined.bob.me.id]]));
  expect(await authors({})).toEqual({ ada: 'Ada', bob: 'Bob' });
  expect(said).toContain('by bob, for @Ada and @Bob');
  await bob.get('lendName', { allowed: false });
  expect(await authors({})).toEqual({ ada: 'Ada', bob: null });
});

test('P190 P191 a run that was trained once more is held to the room’s own, and comes with the names that the server knows of', async () => {
  const { lab, room, ada, bob, joined } = await enter();
  const run = await train(ada);
  const { doc, provider } = openDocument(lab.url, room, joined.bob.ticket, 'notes');
  await vi.waitFor(() => expect(provider.synced).toBe(true));
  const edit = { type: 'add', id: 'bob', at: 1, text: 'by Bob', anchor: null } as const;
  editNotes(doc, edit, { person: joined.bob.me.id, moderates: false }, 'test');
  const claimed = [{ id: 'bob', author: 'Bob', at: 1, text: 'by Bob', anchor: null, replies: [] }];
  const again = { ...trained, run: run.record.id, experiment: 'made up', notes: claimed, authors: ['Mallory'] };
  const keep = async (): Promise<Link> => {
    const { link } = await ada.get<LinkReply>('link', wish(run, { again, notes: ['bob'] }));
    return read(lab, link);
  };
  await vi.waitFor(async () => expect((await keep()).notes).toMatchObject([{ id: 'bob', author: null }]));
  expect(await keep()).toMatchObject({
    title: 'A pentagon',
    authors: ['Ada Lovelace'],
    experiment: run.record.experiment,
    weights: trained.weights,
  });
  await bob.get('lendName', { allowed: true });
  expect((await keep()).notes).toMatchObject([{ author: 'Bob' }]);
  const another = { ...again, run: 'AAAAAAAAAAAAAAAAAAAAAA' };
  expect(await ada.refused('link', wish(run, { again: another }))).toMatchObject({ code: 'invalid', field: 'again' });
  const amended = { ...again, amendments: [{ step: 3, change: { learningRate: 0.5 } }] };
  expect(await ada.refused('link', wish(run, { again: amended }))).toMatchObject({ code: 'invalid', field: 'again' });
  // It comes to the same spec, and to other numbers on the way.
  const idle = { step: 3, change: { learningRate: SMALL_SPEC.optimizer.learningRate } };
  expect(await ada.refused('link', wish(run, { again: { ...again, amendments: [idle] } }))).toMatchObject({
    field: 'again',
  });
  const begun = { ...again, start: trained.weights.tensors };
  expect(await ada.refused('link', wish(run, { again: begun }))).toMatchObject({ code: 'invalid', field: 'again' });
  expect(await ada.refused('link', wish(run, { again: { ...again, specHash: '0' } }))).toMatchObject({
    field: 'specHash',
  });
  const next = await train(ada, { source: { run: run.record.id, step: 120 } });
  for (const from of [null, trained.weights.tensors])
    expect(
      await ada.refused('link', wish(next, { again: { ...again, run: next.record.id, start: from } })),
    ).toMatchObject({ code: 'invalid', field: 'again' });
});

test('P197 a recap keeps runs, notes and minutes under the names that were lent, and outlives its room', async () => {
  const storage = createMemoryStorage();
  const { lab, room, ada, bob, joined } = await enter({ storage });
  const run = await train(ada);
  const going = await ada.get<StartReply>('start', {
    experiment: 'introduction',
    spec: SMALL_SPEC,
    place: 'browser',
    paused: true,
  });
  const { doc, provider } = openDocument(lab.url, room, joined.bob.ticket, 'notes');
  await vi.waitFor(() => expect(provider.synced).toBe(true));
  const edit = { type: 'add', id: 'bob', at: 1, text: `Why five, ${mentionOf(joined.ada.me)}?`, anchor: null } as const;
  editNotes(doc, edit, { person: joined.bob.me.id, moderates: false }, 'test');
  doc.getText('notepad').insert(0, `- six next, ${mentionOf(joined.bob.me)}`);
  await vi.waitFor(() => expect(provider.synced).toBe(true));
  const runs = [going.record.id, run.record.id];
  const { title, authors, licence, notes, named, supersedes } = wish(run, { notes: ['bob'] });
  const ask: RecapRequest = { title, authors, licence, notes, named, supersedes, runs, minutes: true };
  const keep = async (wishes: object = {}): Promise<RecapLink> => {
    const { link } = await bob.get<LinkReply>('recap', { ...ask, ...wishes });
    const held = parseFrozen(await (await fetch(`${lab.url}/api/links/${link}`)).text());
    return present(held.ok ? (held.value as RecapLink) : undefined, 'a recap');
  };
  await vi.waitFor(async () => expect((await keep()).minutes).toBe('- six next, @Bob'));
  const recap = await keep();
  // What still trains has not come to anything yet, and Ada has not lent her name.
  expect(recap.runs).toMatchObject([{ id: run.record.id, phase: 'finished', startedBy: null, spec: SMALL_SPEC }]);
  expect(recap.runs[0]?.picture).toMatchObject({ name: 'W', shape: [2, 5, 2] });
  expect(recap.notes).toMatchObject([{ author: 'Bob', text: 'Why five, @Someone?' }]);
  expect(JSON.stringify(recap)).not.toMatch(new RegExp(`${room}|${joined.ada.me.id}|${joined.bob.me.id}`));
  await ada.get('lendName', { allowed: true });
  // She ran and wrote nothing: her name is the run's, also when she is gone.
  ada.close();
  await vi.waitFor(() => expect(bob.heard('people').at(-1)?.[0]).toHaveLength(1));
  expect(await keep({ named: false, minutes: false })).toMatchObject({
    runs: [{ startedBy: 'Ada' }],
    notes: [{ author: null, text: 'Why five, @Ada?' }],
    minutes: '',
  });
  expect(await bob.refused('recap', { ...ask, runs: [], notes: [], minutes: false })).toMatchObject({ field: 'runs' });
  const { link } = await bob.get<LinkReply>('recap', { ...ask, title: 'Kept' });
  expect((await fetch(`${lab.url}/api/links/${link}/fork`, { method: 'POST' })).status).toBe(400);
  expect((await fetch(`${lab.url}/api/links/${link}/notebook.ipynb`)).status).toBe(400);
  await storage.deleteRoom(room);
  expect((await fetch(`${lab.url}/api/links/${link}/link.json`)).status).toBe(200);
});

test('P193 who holds its key supersedes and deletes a link, and nobody else', async () => {
  const { lab, ada } = await enter();
  const run = await train(ada);
  const first = await ada.get<LinkReply>('link', wish(run));
  const supersedes = { link: first.link, key: present(first.key, 'a key') };
  const stolen = { ...supersedes, key: 'AAAAAAAAAAAAAAAAAAAAAA' };
  expect(await ada.refused('link', wish(run, { supersedes: stolen }))).toMatchObject({ code: 'forbidden' });
  const second = await ada.get<LinkReply>('link', wish(run, { title: 'Better', supersedes }));
  const answer = await fetch(`${lab.url}/api/links/${first.link}`);
  expect(answer.headers.get('link')).toBe(`</links/${second.link}>; rel="successor-version"`);
  expect(await read(lab, second.link)).toMatchObject({ supersedes: first.link });
  const about = await fetch(`${lab.url}/api/links/${first.link}/about`);
  expect(await about.json()).toMatchObject({ link: first.link, supersededBy: second.link });

  const ask = (method: string, path: string, key: string | null, body?: object): Promise<Response> =>
    fetch(`${lab.url}/api/links/${path}`, {
      method,
      headers: key === null ? {} : { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  expect((await ask('DELETE', second.link, null)).status).toBe(403);
  expect((await ask('DELETE', second.link, first.key)).status).toBe(403);
  expect((await ask('POST', `${second.link}/supersede`, second.key, { by: second.link })).status).toBe(400);
  expect((await ask('POST', `${second.link}/supersede`, second.key, { by: first.link })).status).toBe(200);
  expect((await ask('DELETE', second.link, second.key)).status).toBe(200);
  expect((await fetch(`${lab.url}/api/links/${second.link}`)).status).toBe(404);
  const foreign = { method: 'DELETE', headers: { origin: 'https://elsewhere.example' } };
  expect((await fetch(`${lab.url}/api/links/${first.link}`, foreign)).status).toBe(403);
});

test('P194 a link is imported as it was exported, once; what is none is refused by its field', async () => {
  const { lab } = await enter();
  const link = trained;
  const post = (body: string): Promise<Response> => fetch(`${lab.url}/api/links`, { method: 'POST', body });
  const imported = await post(JSON.stringify(link));
  expect(imported.status).toBe(201);
  expect(await imported.json()).toEqual({ link: linkId(link), key: expect.any(String) as string });
  expect(await read(lab, linkId(link))).toEqual(link);
  // Who imports it again gets no key to what is another's.
  expect(await (await post(JSON.stringify(link))).json()).toEqual({ link: linkId(link), key: null });
  const wrong = await post(JSON.stringify({ ...link, specHash: 'a'.repeat(64) }));
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ error: { field: 'specHash' } });
  expect((await post('{')).status).toBe(400);
  expect((await post(`"${'x'.repeat(6_000_001)}"`)).status).toBe(400);
  const foreign = { method: 'POST', headers: { origin: 'https://elsewhere.example' }, body: JSON.stringify(link) };
  expect((await fetch(`${lab.url}/api/links`, foreign)).status).toBe(403);
});

test('S21 P192 addresses of links that are none, and ways that there are not, are refused and break nothing', async () => {
  const { lab } = await enter();
  const link = linkId(trained);
  const cases = [
    ['GET', link, 404],
    ['GET', 'short', 404],
    ['GET', `${link}/constructor`, 404],
    ['GET', `${link}/__proto__`, 404],
    ['GET', '../health/%00', 404],
    ['PUT', link, 404],
    ['GET', '', 404],
    ['POST', `${link}/about`, 404],
    ['DELETE', link, 404],
  ] as const;
  for (const [method, path, status] of cases)
    expect((await fetch(`${lab.url}/api/links/${path}`, { method })).status, `${method} ${path}`).toBe(status);
});

test('S21 a room, a session and all together make so many links in an hour', async () => {
  const limits = { linksPerHour: 2, linksPerHourInAll: 3 };
  const { lab, ada } = await enter({ limits });
  const run = await train(ada);
  for (const title of ['one', 'two']) await ada.get('link', wish(run, { title }));
  expect(await ada.refused('link', wish(run, { title: 'three' }))).toMatchObject({ code: 'limit' });
  const link = trained;
  const post = async (title: string, headers: Record<string, string>): Promise<number> => {
    const body = JSON.stringify({ ...link, title });
    return (await fetch(`${lab.url}/api/links`, { method: 'POST', headers, body })).status;
  };
  const [one, other] = [{ ...(await openPage(lab.url)) }, { ...(await openPage(lab.url)) }];
  expect([await post('1', one), await post('2', one), await post('3', one)]).toEqual([201, 201, 429]);
  expect([await post('4', other), await post('5', other)]).toEqual([201, 429]);
});

test('S21 a link stays when its room is deleted', async () => {
  const storage = createMemoryStorage();
  const { lab, room, ada } = await enter({ storage });
  const { link } = await ada.get<LinkReply>('link', wish(await train(ada)));
  await storage.deleteRoom(room);
  expect((await fetch(`${lab.url}/api/links/${link}`)).status).toBe(200);
});

test('P195 a link is forked into a room with its parameters, its run, its weights and its notes, under the names that it has', async () => {
  const { lab } = await enter();
  const link = trained;
  const anchor = {
    item: 'first',
    run: link.run,
    instance: 0,
    density: 1,
    step: 120,
    figure: 'directions',
    target: { kind: 'cell' },
    quotes: [],
  } as const;
  const replies = [{ id: 'two', author: 'Bob', at: 2, text: 'Two digons.' }];
  const notes = [{ id: 'one', author: 'Ada', at: 1, text: 'What is it?', anchor, replies }];
  const posted = await fetch(`${lab.url}/api/links`, { method: 'POST', body: JSON.stringify({ ...link, notes }) });
  const { link: id } = (await posted.json()) as LinkReply;
  const forked = await fetch(`${lab.url}/api/links/${id}/fork`, { method: 'POST' });
  expect(forked.status).toBe(201);
  const { room } = (await forked.json()) as { room: RoomId };
  const client = await connectClient(lab.url, await openPage(lab.url));
  const { run, ticket } = await client.join(room);
  expect(run?.record).toMatchObject({ spec: SMALL_SPEC, status: { phase: 'finished', step: 120 } });
  expect(run?.record.id).not.toBe(link.run);
  const frame = decodeFrame(new Uint8Array(present(run?.frame, 'a frame')));
  expect(frame.ok && frame.value.tensors.map(({ data }) => data)).toEqual(
    link.weights.tensors.map((tensor) => tensorOf(tensor).data),
  );
  const { instances, steps, tensors } = link.timeline;
  const bytes = await client.get<Uint8Array>('timeline', { run: run?.record.id, tensors: ['W'], instances });
  const frames = unpackFrames(new Uint8Array(bytes)).map((each) => decodeFrame(each));
  expect(frames.map((each) => each.ok && each.value.step)).toEqual(steps);
  const shown = frames.flatMap((each) => (each.ok ? Array.from(each.value.tensors[0]?.data ?? []) : []));
  expect(shown).toEqual(Array.from(tensorOf(present(tensors[0], 'W')).data));
  const going = { experiment: 'introduction', spec: SMALL_SPEC, place: 'browser', paused: true };
  const source = (step: number): object => ({ ...going, source: { run: run?.record.id, step } });
  expect(await client.refused('start', source(60))).toMatchObject({ code: 'conflict', field: 'source' });
  expect((await client.get<StartReply>('start', source(120))).checkpoint).toBe(0);
  const { doc, provider } = openDocument(lab.url, room, ticket, 'notes');
  await vi.waitFor(() => expect(provider.synced).toBe(true));
  const [thread] = readThreads(doc);
  expect(thread).toMatchObject({
    text: 'What is it?',
    anchor: { run: run?.record.id },
    replies: [{ text: 'Two digons.' }],
  });
  expect([...readAuthors(doc).values()].map(({ name }) => name).sort()).toEqual(['Ada', 'Bob']);
  expect((await fetch(`${lab.url}/api/links/${link.run}/fork`, { method: 'POST' })).status).toBe(404);
});

test('P196 a link leaves as JSON, as safetensors, as a notebook and as one HTML file that names no address of a program', async () => {
  const { lab } = await enter();
  const link = { ...trained, title: '</script><b>"S"' };
  const id = linkId(link);
  await fetch(`${lab.url}/api/links`, { method: 'POST', body: JSON.stringify(link) });
  const file = async (form: string): Promise<Uint8Array> => {
    const answer = await fetch(`${lab.url}/api/links/${id}/${form}`);
    expect(answer.status, form).toBe(200);
    expect(answer.headers.get('content-disposition')).toContain(`filename="${id}.`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const textOf = async (form: string): Promise<string> => new TextDecoder().decode(await file(form));
  expect(parseLink(await textOf('link.json'))).toEqual({ ok: true, value: link });
  expect(JSON.parse(await textOf('notebook.ipynb'))).toMatchObject({ nbformat: 4 });
  const weights = await file('weights.safetensors');
  const header = Number(new DataView(weights.buffer).getBigUint64(0, true));
  expect(JSON.parse(new TextDecoder().decode(weights.subarray(8, 8 + header)))).toMatchObject({
    W: { dtype: 'F32', shape: [4, 5, 2], data_offsets: [0, 160] },
    b: { data_offsets: [160, 240] },
    __metadata__: { link: id },
  });
  expect(weights.length).toBe(8 + header + 240);
  const page = await textOf('page.html');
  expect(page.length).toBeLessThan(1_000_000);
  expect(page).toContain('<title>&lt;/script>&lt;b>"S"</title>');
  expect(page).not.toMatch(/<script[^>]*\bsrc=|<link\b/);
  expect(page.match(/<\/script>/g)).toHaveLength(3);
}, 60_000);
