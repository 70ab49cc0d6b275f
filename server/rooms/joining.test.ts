import { expect, test, vi } from 'vitest';
import { readLab } from '#lib/room/lab';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { connectClient, openPage, startTestLab } from '../lab.fixture.ts';

const NOWHERE = 'AAAAAAAAAAAAAAAAAAAAAA' as RoomId;

test('P3 a reload is the same person, and another room another', async () => {
  const lab = await startTestLab();
  const [room, other] = [await lab.newRoom(), await lab.newRoom()];
  const page = await openPage(lab.url);
  const first = await (await connectClient(lab.url, page)).join(room);
  const second = await (await connectClient(lab.url, page)).join(room);
  const third = await (await connectClient(lab.url, page)).join(other);
  expect(second.me.id).toBe(first.me.id);
  expect(third.me.id).not.toBe(first.me.id);
});

test('P3 a cookie signed by another server is a new person', async () => {
  const [lab, foreign] = [await startTestLab(), await startTestLab()];
  const page = await openPage(foreign.url);
  const response = await fetch(`${lab.url}/api/health`, { headers: page });
  expect(response.headers.getSetCookie()).toHaveLength(1);
  const known = await fetch(`${lab.url}/api/health`, { headers: await openPage(lab.url) });
  expect(known.headers.getSetCookie()).toHaveLength(0);
});

test('S2 P3 the cookie is HttpOnly and Lax, and Secure behind https only', async () => {
  const lab = await startTestLab({}, { trustProxy: true });
  const plain = await fetch(`${lab.url}/api/health`);
  const secure = await fetch(`${lab.url}/api/health`, { headers: { 'x-forwarded-proto': 'https' } });
  expect(plain.headers.getSetCookie()[0]).toMatch(
    /^polytope=[^;]+; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/,
  );
  expect(secure.headers.getSetCookie()[0]).toMatch(/; Secure$/);
});

test('P20 a page of another version is told to reload', async () => {
  const lab = await startTestLab();
  const client = await connectClient(lab.url);
  const room = await lab.newRoom();
  const refusal = await client.refused('join', { protocol: 0, room, name: 'Ada', colour: 0, seat: true });
  expect(refusal).toMatchObject({ code: 'conflict', field: 'protocol' });
});

test('P20 a room that does not exist is refused', async () => {
  const lab = await startTestLab();
  const client = await connectClient(lab.url);
  const refusal = await client.refused('join', { protocol: 1, room: NOWHERE, name: 'Ada', colour: 0, seat: true });
  expect(refusal).toMatchObject({ code: 'not-found', field: 'room' });
});

test('P21 watching and taking part change on one connection', async () => {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const client = await connectClient(lab.url);
  expect((await client.join(room, { seat: false })).me).toMatchObject({ role: 'viewer', seated: false });
  const seated = await client.join(room, { seat: true });
  expect(seated.me).toMatchObject({ role: 'editor', seated: true });
  expect(seated.people).toHaveLength(1);
});

test('P21 joining another room leaves the first', async () => {
  const lab = await startTestLab();
  const [room, other] = [await lab.newRoom(), await lab.newRoom()];
  const ada = await connectClient(lab.url);
  const bob = await connectClient(lab.url);
  await ada.join(room);
  await bob.join(room);
  await bob.join(other);
  await vi.waitFor(() => expect(ada.heard('people').at(-1)?.[0]).toHaveLength(1));
});

test('S15 P22 a full room refuses a seat and offers watching', async () => {
  const lab = await startTestLab({ limits: { seats: 1, watchers: 1 } });
  const room = await lab.newRoom();
  const join = { protocol: 1, room, name: 'Bob', colour: 1, seat: true };
  await (await connectClient(lab.url)).join(room);
  const bob = await connectClient(lab.url);
  expect(await bob.refused('join', join)).toMatchObject({ code: 'limit', field: 'seat', message: /watch instead/ });
  await bob.join(room, { seat: false });
  const carol = await connectClient(lab.url);
  expect(await carol.refused('join', { ...join, seat: false })).toMatchObject({ code: 'limit' });
});

test('P22 tabs of one person take one seat, and only so many of them', async () => {
  const lab = await startTestLab({ limits: { seats: 1, tabs: 2 } });
  const room = await lab.newRoom();
  const page = await openPage(lab.url);
  await (await connectClient(lab.url, page)).join(room);
  await (await connectClient(lab.url, page)).join(room);
  const third = await connectClient(lab.url, page);
  const refusal = await third.refused('join', { protocol: 1, room, name: 'Ada', colour: 0, seat: true });
  expect(refusal).toMatchObject({ code: 'limit', message: /2 tabs/ });
});

test('P24 everybody is listed once, in the order in which they came, until they leave', async () => {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const page = await openPage(lab.url);
  const ada = await connectClient(lab.url, page);
  const tab = await connectClient(lab.url, page);
  const bob = await connectClient(lab.url);
  await ada.join(room);
  await bob.join(room, { name: 'Bob', seat: false });
  await tab.join(room);
  const names = (): string[] | undefined =>
    bob
      .heard('people')
      .at(-1)?.[0]
      .map(({ name }) => name);
  await vi.waitFor(() => expect(names()).toEqual(['Ada', 'Bob']));
  tab.close();
  ada.close();
  await vi.waitFor(() => expect(names()).toEqual(['Bob']));
});

test('S10 P24 a name is cleaned, and one without a visible character refused', async () => {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const client = await connectClient(lab.url);
  await client.join(room, { name: '  Ada\u202e \n Lovelace ' });
  await client.get('rename', { name: ' Augusta\u0000 ', colour: 3 });
  await vi.waitFor(() =>
    expect(client.heard('people').at(-1)?.[0]).toMatchObject([{ name: 'Augusta', colour: 3, role: 'editor' }]),
  );
  expect(await client.refused('rename', { name: '\u200b', colour: 3 })).toMatchObject({
    code: 'invalid',
    field: 'name',
  });
});

test('P25 a hand on a control reaches the others, newest value last, and is let go when its connection ends', async () => {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const [ada, bob] = [await connectClient(lab.url), await connectClient(lab.url)];
  const { me } = await ada.join(room);
  await bob.join(room);
  for (const value of [5, 6, 7]) await ada.get('touch', { item: 'first', parameter: 'n', value });
  await vi.waitFor(() => expect(bob.heard('touched').at(-1)).toMatchObject([me.id, { value: 7 }]));
  expect(bob.heard('touched')[0]).toEqual([me.id, { item: 'first', parameter: 'n', value: 5 }]);
  expect(ada.heard('touched')).toEqual([]);
  ada.close();
  await vi.waitFor(() => expect(bob.heard('touched').at(-1)).toEqual([me.id, null]));
});

test('P25 who only watches touches nothing', async () => {
  const lab = await startTestLab();
  const room = await lab.newRoom();
  const [ada, bob] = [await connectClient(lab.url), await connectClient(lab.url)];
  await ada.join(room, { seat: false });
  await bob.join(room);
  await ada.ask('touch', { item: 'first', parameter: 'n', value: 5 });
  await bob.get('touch', { item: 'first', parameter: 'm', value: 1 });
  await vi.waitFor(() => expect(ada.heard('touched')).toHaveLength(1));
  expect(bob.heard('touched')).toEqual([]);
});

test('a new room begins with the introduction, or with the parameters that were asked for', async () => {
  const lab = await startTestLab();
  const response = await fetch(`${lab.url}/api/rooms`, { method: 'POST', body: '{"parameters":{"n":9}}' });
  const { room } = (await response.json()) as { room: RoomId };
  const client = await connectClient(lab.url);
  const { ticket } = await client.join(room);
  const { openDocument } = await import('../lab.fixture.ts');
  const { doc } = openDocument(lab.url, room, ticket);
  await vi.waitFor(() => expect(present(readLab(doc), 'the lab').agenda[0]?.set).toMatchObject({ n: 9, m: 2 }));
});
