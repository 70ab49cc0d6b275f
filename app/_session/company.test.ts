import { expect, test } from 'vitest';
import type { PersonId, RunId } from '#lib/base/id';
import type { Look, LookFigure, Seen } from '#lib/room/company';
import { cursorsOn, type LiveCursor } from './company.ts';

const [ada, bob] = ['ada', 'bob'] as unknown as readonly [PersonId, PersonId];
const [first, second] = ['first', 'second'] as unknown as readonly [RunId, RunId];

const cursor = (person: PersonId, figure: LookFigure): readonly [PersonId, LiveCursor] => [
  person,
  { person, figure, cell: 3, at: { x: 1, y: 1 }, resting: false },
];
const looks = (run: RunId | null): Seen => {
  const look: Look = { item: 'i', run, cell: 0, figure: 'map', step: null, trying: false };
  return { look, follows: null };
};
const peopleOn = (of: readonly LiveCursor[]): readonly PersonId[] => of.map(({ person }) => person);

test('P188 hands on a diagram are drawn where the run they look at is shown', () => {
  const state = {
    cursors: new Map([cursor(ada, 'map'), cursor(bob, 'map')]),
    seen: new Map([
      [ada, looks(first)],
      [bob, looks(second)],
    ]),
  };
  expect(peopleOn(cursorsOn(state, 'map', first))).toEqual([ada]);
  expect(peopleOn(cursorsOn(state, 'map', second))).toEqual([bob]);
  expect(cursorsOn(state, 'map', null)).toEqual([]);
  expect(cursorsOn(state, 'strip')).toEqual([]);
});

test('P181 of other figures a hand is drawn wherever it has come', () => {
  const state = { cursors: new Map([cursor(ada, 'gram'), cursor(bob, 'loss')]), seen: new Map([[ada, looks(second)]]) };
  expect(peopleOn(cursorsOn(state, 'gram'))).toEqual([ada]);
});
