/** Who may what, over the real endpoints: keys, invites, roles in place, and their end. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { present } from '#lib/base/assert';
import type { RoomId } from '#lib/base/id';
import { readLab, setParameters } from '#lib/room/lab';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { CLOSE, type JoinReply, type ManageReply, type StartReply } from '#lib/wire/protocol';
import type { LabDependencies } from '../lab.ts';
import {
  connectClient,
  openBareDocument,
  openDocument,
  openPage,
  startTestLab,
  type Client,
  type TestLab,
} from '../lab.fixture.ts';
import { openLibsqlStorage } from '../storage/libsql.ts';

const SPEC = resolve({ ...DEFAULT_PARAMETERS, n: 3, m: 2, densities: 1, replicas: 1, steps: 1_000 });
const START = { experiment: 'introduction', spec: SPEC, place: 'browser', paused: false };

interface Owned {
  readonly lab: TestLab;
  readonly room: RoomId;
  readonly ownerKey: string;
  readonly owner: Client;
}

async function open(dependencies: Partial<LabDependencies> = {}): Promise<Owned> {
  const lab = await startTestLab(dependencies);
  const answer = await fetch(`${lab.url}/api/rooms`, { method: 'POST' });
  const { room, ownerKey } = (await answer.json()) as { room: RoomId; ownerKey: string };
  const owner = await connectClient(lab.url);
  await owner.join(room, { name: 'Olga', keys: [ownerKey] });
  return { lab, room, ownerKey, owner };
}

const manage = (client: Client, command: object): Promise<ManageReply> => client.get('manage', command);

async function invite(owner: Client, role: string, days: number | null = null): Promise<{ key: string; id: string }> {
  const { access, key } = await manage(owner, { type: 'invite', role, days });
  return { key: present(key, 'a key'), id: present(access.invites.at(-1), 'the invite').id };
}

async function enter(
  { lab, room }: Owned,
  keys: readonly string[] = [],
): Promise<{ client: Client; reply: JoinReply }> {
  const client = await connectClient(lab.url);
  return { client, reply: await client.join(room, { name: 'Ada', keys }) };
}

const roleNow = (client: Client, reply: JoinReply): string => client.heard('you').at(-1)?.[0].role ?? reply.me.role;

test('P60 the creator’s key makes an owner, wherever it is shown; a room’s address alone does not', async () => {
  const owned = await open();
  expect((await enter(owned, [owned.ownerKey])).reply).toMatchObject({ me: { role: 'owner' }, keys: ['owner'] });
  expect((await enter(owned)).reply).toMatchObject({ me: { role: 'editor' }, keys: [] });
});

test('P61 a room’s default role holds for all who have no key, at once', async () => {
  const owned = await open();
  const { client, reply } = await enter(owned);
  await manage(owned.owner, { type: 'default-role', role: 'viewer' });
  await vi.waitFor(() => expect(roleNow(client, reply)).toBe('viewer'));
  expect((await client.refused('start', START)).code).toBe('forbidden');
  expect((await enter(owned)).reply).toMatchObject({ me: { role: 'viewer' }, facts: { defaultRole: 'viewer' } });
  expect(client.heard('facts').at(-1)?.[0].defaultRole).toBe('viewer');
});

test('P62 an invite gives its role; a missing, foreign, revoked or expired one gives the default', async () => {
  let now = Date.now();
  const owned = await open({ now: () => now });
  const other = await open();
  await manage(owned.owner, { type: 'default-role', role: 'viewer' });
  const editor = await invite(owned.owner, 'editor', 1);
  const revoked = await invite(owned.owner, 'editor');
  await manage(owned.owner, { type: 'revoke', invite: revoked.id });
  const foreign = await invite(other.owner, 'editor');
  const given = async (...keys: string[]): Promise<unknown> => {
    const { me, keys: work } = (await enter(owned, keys)).reply;
    return [me.role, ...work];
  };
  expect(await given()).toEqual(['viewer']);
  expect(await given(editor.key)).toEqual(['editor', 'editor']);
  expect(await given(foreign.key, revoked.key)).toEqual(['viewer', null, null]);
  expect(await given(revoked.key, editor.key)).toEqual(['editor', null, 'editor']);
  now += 86_400_000;
  expect(await given(editor.key)).toEqual(['viewer', null]);
});

test('S4 S7 P63 revoking takes effect on open connections: of both endpoints, and of the run that is trained there', async () => {
  const owned = await open();
  const { lab, room, owner } = owned;
  await manage(owner, { type: 'default-role', role: 'viewer' });
  const { key, id } = await invite(owner, 'editor');
  const { client, reply } = await enter(owned, [key]);
  const document = await openBareDocument(lab.url, `${room}/lab?ticket=${reply.ticket}`);
  const run = await client.get<StartReply>('start', START);
  await manage(owner, { type: 'revoke', invite: id });
  expect(await document.closed).toBe(CLOSE.ticket);
  await vi.waitFor(() => expect(roleNow(client, reply)).toBe('viewer'));
  await vi.waitFor(() => expect(client.heard('target')).toEqual([[run.record.id, 1, 'stop']]));
  expect(owner.heard('run').at(-1)?.[0].status).toMatchObject({
    phase: 'orphaned',
    message: 'Ada may train no longer; the run stands at step 0.',
  });
  const control = { run: run.record.id, action: 'pause' };
  expect((await client.refused('control', control)).code).toBe('forbidden');
  // The ticket of before opens nothing, the new one opens to read.
  const again = await openBareDocument(lab.url, `${room}/lab?ticket=${reply.ticket}`);
  expect(await again.closed).toBe(CLOSE.ticket);
});

/** Ways to keep a document open while the connection that its ticket came from is gone, or is another. */
test.each([
  ['nobody of theirs is in the room any more', false],
  ['only a tab of theirs that watches is still there', true],
])('S7 P63 revoking closes documents that were opened with the revoked role, also where %s', async (_, watching) => {
  const owned = await open();
  const { lab, room, owner } = owned;
  await manage(owner, { type: 'default-role', role: 'viewer' });
  const { key, id } = await invite(owner, 'editor');
  const page = await openPage(lab.url);
  const tab = await connectClient(lab.url, page);
  const { ticket } = await tab.join(room, { keys: [key] });
  if (watching) await (await connectClient(lab.url, page)).join(room, { seat: false });
  const documents = await Promise.all(
    ['lab', 'notes'].map((name) => openBareDocument(lab.url, `${room}/${name}?ticket=${ticket}`)),
  );
  for (const { messages } of documents) await vi.waitFor(() => expect(messages.length).toBeGreaterThan(0));
  tab.close();
  await vi.waitFor(() => expect(owner.heard('people').at(-1)?.[0]).toHaveLength(watching ? 2 : 1));
  await manage(owner, { type: 'revoke', invite: id });
  for (const { closed } of documents) expect(await closed).toBe(CLOSE.ticket);
});

test('P63 rotating gives another key, and whoever came with the old one is sent back to the default', async () => {
  const owned = await open();
  await manage(owned.owner, { type: 'default-role', role: 'viewer' });
  const { key, id } = await invite(owned.owner, 'commenter');
  const { client, reply } = await enter(owned, [key]);
  expect(reply.me.role).toBe('commenter');
  const rotated = await manage(owned.owner, { type: 'rotate', invite: id });
  await vi.waitFor(() => expect(roleNow(client, reply)).toBe('viewer'));
  expect((await enter(owned, [present(rotated.key, 'a key')])).reply.me.role).toBe('commenter');
});

test('P63 an invite that expires while it is in use ends for who uses it', async () => {
  const start = Date.now();
  let now = start;
  const owned = await open({ now: () => now });
  await manage(owned.owner, { type: 'default-role', role: 'viewer' });
  const { key } = await invite(owned.owner, 'editor', 1);
  const { client, reply } = await enter(owned, [key]);
  // Just before its end, the room looks again in a moment.
  now = start + 86_400_000 - 60;
  await manage(owned.owner, { type: 'goes-on-by-itself', allowed: false });
  now = start + 86_400_000 + 1_000;
  await vi.waitFor(() => expect(roleNow(client, reply)).toBe('viewer'));
});

test('P64 a role changes in place: a viewer may edit without a reload, and back', async () => {
  const owned = await open();
  const { lab, room, owner } = owned;
  await manage(owner, { type: 'default-role', role: 'viewer' });
  const { client, reply } = await enter(owned);
  await manage(owner, { type: 'give-role', person: reply.me.id, role: 'editor' });
  await vi.waitFor(() => expect(roleNow(client, reply)).toBe('editor'));
  await client.get('start', START);
  const [, ticket] = present(client.heard('you').at(-1), 'the new ticket');
  const { doc } = openDocument(lab.url, room, ticket);
  await vi.waitFor(() => expect(readLab(doc)).toBeDefined());
  setParameters(doc, 'first', { n: 9 }, 'ada');
  const other = openDocument(lab.url, room, (await enter(owned)).reply.ticket);
  await vi.waitFor(() => expect(readLab(other.doc)?.agenda[0]?.set['n']).toBe(9));
  await vi.waitFor(() => {
    const people = owner.heard('people').at(-1)?.[0];
    expect(people?.find(({ id }) => id === reply.me.id)?.role).toBe('editor');
  });
  await manage(owner, { type: 'give-role', person: reply.me.id, role: null });
  await vi.waitFor(() => expect(roleNow(client, reply)).toBe('viewer'));
});

test('S5 P65 only the owner manages', async () => {
  const owned = await open();
  const { client, reply } = await enter(owned);
  const commands = [
    { type: 'look' },
    { type: 'delete' },
    { type: 'default-role', role: 'viewer' },
    { type: 'invite', role: 'editor', days: null },
    { type: 'give-role', person: reply.me.id, role: 'editor' },
  ];
  for (const command of commands) expect((await client.refused('manage', command)).code).toBe('forbidden');
  const wrong = { type: 'give-role', person: reply.me.id, role: 'owner' };
  expect((await owned.owner.refused('manage', wrong)).code).toBe('invalid');
  expect((await enter(owned)).reply.me.role).toBe('editor');
});

test('S3 P66 keys are known by their hashes: the owner is shown none again, and none is on disk', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'polytope-access-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'lab.db');
  const owned = await open({ storage: await openLibsqlStorage(file) });
  const { key } = await invite(owned.owner, 'editor');
  const { access } = await manage(owned.owner, { type: 'look' });
  expect(JSON.stringify(access)).not.toContain(key);
  await owned.lab.close();
  const files = readdirSync(folder).map((name) => readFileSync(path.join(folder, name)).toString('latin1'));
  const onDisk = (text: string): boolean => files.some((bytes) => bytes.includes(text));
  expect([owned.room, key, owned.ownerKey].map(onDisk)).toEqual([true, false, false]);

  const after = await startTestLab({ storage: await openLibsqlStorage(file) });
  const back = await connectClient(after.url);
  expect((await back.join(owned.room, { keys: [owned.ownerKey] })).me.role).toBe('owner');
  const { access: kept } = await manage(back, { type: 'look' });
  expect(kept.invites).toHaveLength(1);
});

test('S17 P67 a deleted room is gone for everyone, at once and after a restart', async () => {
  const owned = await open();
  const { lab, room, owner } = owned;
  const { client, reply } = await enter(owned);
  const document = await openBareDocument(lab.url, `${room}/lab?ticket=${reply.ticket}`);
  await manage(owner, { type: 'delete' });
  await vi.waitFor(() => expect(client.heard('gone')).toHaveLength(1));
  expect(await document.closed).toBeGreaterThan(4_000);
  expect((await client.refused('start', START)).code).toBe('forbidden');
  expect((await fetch(`${lab.url}/api/rooms/${room}`)).status).toBe(404);
  const again = await connectClient(lab.url);
  const refusal = await again.refused('join', { protocol: 1, room, name: 'Eve', colour: 0, seat: true });
  expect(refusal.code).toBe('not-found');
});

test('P106 a run that lost its trainer goes on here by itself where the owner allows it', async () => {
  const owned = await open({ limits: { trainerGrace: 50, handOverDelay: 50 } });
  const { client } = await enter(owned);
  await client.get('start', START);
  await manage(owned.owner, { type: 'goes-on-by-itself', allowed: true });
  client.close();
  await vi.waitFor(() => expect(owned.lab.compute.started).toHaveLength(1));
  expect(owned.owner.heard('run').at(-1)?.[0].handOver).toBe(
    'Ada’s browser stopped training at step 0. The server went on from step 0.',
  );
});
