import { expect, test, vi } from 'vitest';
import type { PersonId, RoomId, RunId } from '#lib/base/id';
import type { Look } from '#lib/room/company';
import { encodePoint, unpackCursors } from '#lib/room/cursor';
import { RUN_LIMITS } from '#lib/spec/limits';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { JoinReply } from '#lib/wire/protocol';
import { connectClient, startTestLab, type Client } from '../lab.fixture.ts';

const LOOK: Look = { item: 'first', run: null, cell: 3, figure: 'directions', step: null, trying: false };
const SEEING = { look: LOOK, figures: ['directions', 'gram', 'loss'], follows: null, hidden: false } as const;
const START = { experiment: 'introduction', spec: resolve(DEFAULT_PARAMETERS), place: 'browser', paused: true };

interface Company {
  readonly url: string;
  readonly room: RoomId;
  readonly people: readonly (Client & { readonly id: PersonId })[];
  readonly key: string;
}

/** The first has the owner's key. */
async function gather(names: readonly string[], grace = 60): Promise<Company> {
  const lab = await startTestLab({ limits: { companyGrace: grace } });
  const opened = await fetch(`${lab.url}/api/rooms`, { method: 'POST' });
  const { room, ownerKey } = (await opened.json()) as { room: RoomId; ownerKey: string };
  const people = [];
  for (const [i, name] of names.entries()) {
    const client = await connectClient(lab.url);
    const { me } = await client.join(room, { name, keys: i === 0 ? [ownerKey] : [] });
    people.push({ ...client, id: me.id });
  }
  return { url: lab.url, room, people, key: ownerKey };
}

const three = async (grace?: number) => {
  const { people, ...rest } = await gather(['Olga', 'Ada', 'Bob'], grace);
  const [olga, ada, bob] = people as [Person, Person, Person];
  return { ...rest, olga, ada, bob };
};
type Person = Company['people'][number];

const lastOf = <T>(values: readonly T[]): T | undefined => values.at(-1);
const looksOf = (client: Client) => new Map(client.heard('looks').flatMap(([changes]) => changes));
const cursorsOf = (client: Client) =>
  client.heard('cursors').flatMap(([bytes]) => unpackCursors(new Uint8Array(bytes)));

test('P180 everyone is told where a person looks and whom they follow, and a newcomer in the answer to join', async () => {
  const { url, room, ada, bob } = await three();
  await ada.get('look', SEEING);
  await bob.get('look', { ...SEEING, follows: ada.id });
  await vi.waitFor(() => {
    expect(looksOf(bob).get(ada.id)).toEqual({ look: LOOK, follows: null });
    expect(looksOf(ada).get(bob.id)).toEqual({ look: LOOK, follows: ada.id });
  });
  const late = await connectClient(url);
  const { company } = await late.join(room);
  expect(new Map(company.looks).get(bob.id)).toEqual({ look: LOOK, follows: ada.id });
  ada.close();
  await vi.waitFor(() => expect(looksOf(bob).get(ada.id)).toBeNull());
});

test('P180 any cell of the largest sweep is looked at, and none beyond', async () => {
  const { ada } = await three();
  const cell = RUN_LIMITS.tiles * RUN_LIMITS.instances;
  await ada.get('look', { ...SEEING, look: { ...LOOK, cell } });
  expect(await ada.refused('look', { ...SEEING, look: { ...LOOK, cell: cell + 1 } })).toMatchObject({
    code: 'invalid',
  });
});

test('P180 S20 who hides is not told of, but for a leader', async () => {
  const { ada, bob } = await three();
  await ada.get('look', { ...SEEING, hidden: true });
  await vi.waitFor(() => expect(looksOf(bob).get(ada.id)).toEqual({ look: null, follows: null }));
  await ada.get('company', { type: 'lead' });
  await vi.waitFor(() => expect(looksOf(bob).get(ada.id)).toEqual({ look: LOOK, follows: null }));
  await ada.get('company', { type: 'give-lead', to: null });
  await vi.waitFor(() => expect(looksOf(bob).get(ada.id)).toEqual({ look: null, follows: null }));
});

test('P181 a cursor reaches those who look at its figure, stamped with whose it is', async () => {
  const { ada, bob, olga } = await three();
  await ada.get('look', SEEING);
  await bob.get('look', { ...SEEING, look: { ...LOOK, cell: 5 }, follows: ada.id });
  await olga.get('look', { ...SEEING, figures: ['gram'] });
  const point = encodePoint({ figure: 'directions', cell: 3, at: { x: 0.5, y: -0.25 } });
  await ada.get('point', point);
  await vi.waitFor(() =>
    expect(lastOf(cursorsOf(bob))).toEqual({
      person: ada.id,
      figure: 'directions',
      cell: 3,
      at: { x: 0.5, y: -0.25 },
    }),
  );
  await ada.get('point', encodePoint({ figure: 'directions', cell: 3, at: null }));
  await vi.waitFor(() => expect(lastOf(cursorsOf(bob))).toMatchObject({ person: ada.id, at: null }));
  expect(cursorsOf(olga)).toEqual([]);
  expect(cursorsOf(ada)).toEqual([]);
});

test('P188 a cursor on a diagram reaches those before the same run of it', async () => {
  const { ada, bob, olga } = await three();
  const on = (run: string | null) => ({
    ...SEEING,
    look: { ...LOOK, run: run as RunId | null },
    figures: ['map'] as const,
  });
  await ada.get('look', on('a'.repeat(22)));
  await bob.get('look', on('b'.repeat(22)));
  await olga.get('look', on('a'.repeat(22)));
  await ada.get('point', encodePoint({ figure: 'map', cell: 3, at: { x: 0.5, y: 0.25 } }));
  await vi.waitFor(() => expect(lastOf(cursorsOf(olga))).toMatchObject({ person: ada.id, figure: 'map' }));
  // All of a moment's cursors are told at once: Bob would have his by now.
  expect(cursorsOf(bob)).toEqual([]);
});

test('P181 S6 watchers point at nothing, and nobody points as another', async () => {
  const { url, room, ada, bob } = await three();
  await ada.get('look', SEEING);
  const watcher = await connectClient(url);
  await watcher.join(room, { name: 'Eve', seat: false });
  await watcher.get('look', SEEING);
  const point = encodePoint({ figure: 'gram', cell: 3, at: { x: 1, y: 1 } });
  await watcher.get('point', point);
  expect(await bob.refused('point', new Uint8Array(28))).toMatchObject({ code: 'invalid' });
  expect(
    await bob.refused(
      'point',
      Uint8Array.from(point, () => 255),
    ),
  ).toMatchObject({ code: 'invalid' });
  await bob.get('look', SEEING);
  await bob.get('point', point);
  await vi.waitFor(() => expect(cursorsOf(ada)).toHaveLength(1));
  expect(cursorsOf(ada)[0]?.person).toBe(bob.id);
});

test('P183 one leads, hands over, and is followed by its word alone; all are told', async () => {
  const { ada, bob, olga } = await three();
  await ada.get('company', { type: 'lead' });
  expect(await bob.refused('company', { type: 'lead' })).toMatchObject({
    code: 'conflict',
    message: 'Ada has the lead. Ask for it.',
  });
  await ada.get('company', { type: 'give-lead', to: bob.id });
  await vi.waitFor(() => expect(lastOf(olga.heard('guide'))).toEqual([{ leader: bob.id, knobs: null }]));
  await olga.get('company', { type: 'lead' });
  await vi.waitFor(() => expect(lastOf(bob.heard('guide'))).toEqual([{ leader: olga.id, knobs: null }]));
});

test('P184 while one has the knobs, others start, steer and change nothing, and touch no control; the owner takes them', async () => {
  const { ada, bob, olga } = await three();
  await ada.get('company', { type: 'take-knobs' });
  const why = { code: 'conflict', message: 'Ada has the knobs. Ask for them, or press Try mine.' };
  expect(await bob.refused('start', START)).toMatchObject(why);
  const { record } = await ada.get<{ record: { id: string } }>('start', START);
  expect(await bob.refused('control', { run: record.id, action: 'stop' })).toMatchObject(why);
  expect(await bob.refused('amend', { run: record.id, change: { learningRate: 0.01 } })).toMatchObject(why);
  await bob.get('touch', { item: 'first', parameter: 'seed', value: 1 });
  await ada.get('touch', { item: 'first', parameter: 'seed', value: 2 });
  await vi.waitFor(() =>
    expect(olga.heard('touched')).toEqual([[ada.id, { item: 'first', parameter: 'seed', value: 2 }]]),
  );
  await olga.get('company', { type: 'take-knobs' });
  expect(await ada.refused('start', START)).toMatchObject({ code: 'conflict' });
  await olga.get('company', { type: 'give-knobs', to: null });
  await bob.get('start', START);
});

test('P185 hands are up in the order raised, with their questions', async () => {
  const { url, room, ada, bob } = await three();
  await bob.get('company', { type: 'raise', question: 'Why 72°?' });
  await ada.get('company', { type: 'raise', question: '' });
  await vi.waitFor(() => {
    const hands = new Map(ada.heard('hands').flatMap(([changes]) => changes));
    expect(hands.get(bob.id)).toMatchObject({ question: 'Why 72°?' });
    expect(hands.get(ada.id)).toMatchObject({ question: '' });
  });
  const late = await connectClient(url);
  const { company } = await late.join(room);
  expect(company.hands.map(([id]) => id)).toEqual([bob.id, ada.id]);
  expect(await ada.refused('company', { type: 'lower', person: bob.id })).toMatchObject({ code: 'forbidden' });
  await bob.get('company', { type: 'lower', person: bob.id });
  await vi.waitFor(() => expect(lastOf(ada.heard('hands'))).toEqual([[[bob.id, null]]]));
});

test('P186 lead, knobs and hand outlive a reload, and are free when their holder stays away', async () => {
  const lab = await startTestLab({ limits: { companyGrace: 400 } });
  const room = await lab.newRoom();
  const cookie = { cookie: (await fetch(`${lab.url}/api/health`)).headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  const bob = await connectClient(lab.url);
  await bob.join(room, { name: 'Bob' });
  let ada = await connectClient(lab.url, cookie);
  const { me } = await ada.join(room);
  await ada.get('company', { type: 'lead' });
  await ada.get('company', { type: 'take-knobs' });
  await ada.get('company', { type: 'raise', question: '' });
  ada.close();
  ada = await connectClient(lab.url, cookie);
  const back: JoinReply = await ada.join(room);
  expect(back.company.guide).toEqual({ leader: me.id, knobs: me.id });
  await new Promise((done) => setTimeout(done, 600));
  expect((await (await connectClient(lab.url)).join(room)).company.guide).toEqual({ leader: me.id, knobs: me.id });
  ada.close();
  await vi.waitFor(() => expect(lastOf(bob.heard('guide'))).toEqual([{ leader: null, knobs: null }]));
  await vi.waitFor(() => expect(lastOf(bob.heard('hands'))).toEqual([[[me.id, null]]]));
});

test('P186 S7 who is made a commenter leads no longer and has no knobs', async () => {
  const { ada, bob, olga } = await three();
  await ada.get('company', { type: 'lead' });
  await ada.get('company', { type: 'take-knobs' });
  await olga.get('manage', { type: 'give-role', person: ada.id, role: 'commenter' });
  await vi.waitFor(() => expect(lastOf(bob.heard('guide'))).toEqual([{ leader: null, knobs: null }]));
  await bob.get('start', START);
});
