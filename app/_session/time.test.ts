import { expect, test, vi } from 'vitest';
import type { Id } from '#lib/base/id';
import type { Person } from '#lib/room/person';
import type { GroupTime } from '#lib/wire/protocol';
import type { RoomSocket } from './connection.ts';
import { createTime, handOn, momentAt, momentOf } from './time.ts';

const person = (name: string, role: Person['role'] = 'editor'): Person => ({
  id: name as Id<'person'>,
  name,
  colour: 0,
  role,
  seated: true,
});
const ADA = person('Ada');
const BOB = person('Bob');
const at = (step: number, by: Person, run = 'one'): GroupTime => ({ ...momentAt(run, step), by });

/** A client of `me`: what it has said, and the ear that the server speaks to. */
function client(me: Person) {
  const said: unknown[] = [];
  const opened: string[] = [];
  let hear: (time: GroupTime | null) => void = () => undefined;
  const socket = {
    connected: true,
    on: (_event: string, listener: typeof hear) => (hear = listener),
    timeout: () => ({
      emitWithAck: (_event: string, moment: unknown) => {
        said.push(moment);
        return Promise.resolve({ ok: true, value: null });
      },
    }),
  } as unknown as RoomSocket;
  const open = (run: string): Promise<boolean> => {
    opened.push(run);
    return Promise.resolve(true);
  };
  const time = createTime({ socket, me: () => me, runs: { open, close: () => opened.pop() } });
  const step = (run = 'one'): number | null => momentOf(time.store.getState(), run)?.step ?? null;
  return { time, said, opened, step, hear: (group: GroupTime | null) => hear(group) };
}

test('alone, a moment is one’s own and nothing is said', () => {
  const { time, said, step } = client(ADA);
  time.actions.go(momentAt('one', 40));
  expect([step(), step('two'), said]).toEqual([40, null, []]);
  time.actions.go(null);
  expect(step()).toBeNull();
});

test('with the group, one’s hand moves it, and letting go ends it', async () => {
  const { time, said, step } = client(ADA);
  time.actions.join(true);
  time.actions.go(momentAt('one', 40));
  await vi.waitFor(() => expect(said).toEqual([{ run: 'one', step: 40 }]));
  expect([step(), handOn(time.store.getState(), ADA.id)]).toEqual([40, null]);
  time.actions.go(null);
  await vi.waitFor(() => expect(said.at(-1)).toBeNull());
  expect(time.store.getState()).toMatchObject({ group: null, together: true });
});

test('whoever is live is taken along, to the run that is looked at; whoever goes their own way is not', () => {
  const taken = client(BOB);
  taken.hear(at(40, ADA, 'earlier'));
  expect([taken.step('earlier'), taken.opened]).toEqual([40, ['earlier']]);
  expect(handOn(taken.time.store.getState(), BOB.id)).toMatchObject({ name: 'Ada' });
  taken.hear(null);
  expect(taken.time.store.getState()).toMatchObject({ group: null, together: false });
  expect(taken.opened).toEqual([]);

  const apart = client(BOB);
  apart.time.actions.go(momentAt('one', 7));
  apart.hear(at(40, ADA));
  expect(apart.step()).toBe(7);
  apart.time.actions.join(true);
  expect(apart.step()).toBe(40);
});

test('who follows and goes back to live leaves the group, and is not taken along by its next moment', () => {
  const { time, said, step, hear } = client(BOB);
  hear(at(40, ADA));
  time.actions.go(null);
  expect([step(), said]).toEqual([null, []]);
  hear(at(50, ADA));
  hear(null);
  hear(at(60, ADA));
  expect(step()).toBeNull();
});

test('the last hand wins: one’s own echo changes nothing, another’s does', () => {
  const { time, step, hear } = client(ADA);
  time.actions.join(true);
  time.actions.go(momentAt('one', 40));
  time.actions.go(momentAt('one', 44));
  hear(at(40, ADA));
  expect(step()).toBe(44);
  hear(at(12, BOB));
  expect(step()).toBe(12);
  hear(at(44, ADA));
  expect(step()).toBe(44);
});

test('after a restart of the server the last hand says it again, and the others keep still until then', async () => {
  const leader = client(ADA);
  leader.time.actions.join(true);
  leader.time.actions.go(momentAt('one', 40));
  await vi.waitFor(() => expect(leader.said).toHaveLength(1));
  leader.time.joined(null);
  expect(leader.said).toHaveLength(2);
  expect(leader.step()).toBe(40);
});

test('who may only watch follows, and goes through time alone', () => {
  const { time, said, step, hear } = client(person('Eve', 'viewer'));
  hear(at(40, ADA));
  expect(step()).toBe(40);
  time.actions.go(momentAt('one', 7));
  expect([step(), said]).toEqual([7, []]);
});
