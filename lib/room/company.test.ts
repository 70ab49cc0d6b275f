import { expect, test } from 'vitest';
import type { PersonId, RunId } from '#lib/base/id';
import {
  cleanQuestion,
  decideCompany,
  knobsFree,
  lookOf,
  NO_COMPANY,
  seesPoint,
  withdraw,
  type Company,
  type CompanyCommand,
  type Look,
  type Seen,
} from './company.ts';
import { COMPANY_LIMITS } from './limits.ts';
import type { Role } from './roles.ts';

const ROLES: Readonly<Record<string, Role>> = { olga: 'owner', ada: 'editor', bob: 'editor', carol: 'commenter' };
const id = (name: string): PersonId => name as PersonId;

function after(company: Company, who: string, command: CompanyCommand, seated = true): Company {
  const decided = decide(company, who, command, seated);
  if (!decided.ok) throw new Error(decided.error.message);
  return decided.value;
}

const decide = (company: Company, who: string, command: CompanyCommand, seated = true) =>
  decideCompany(
    company,
    command,
    { id: id(who), role: ROLES[who] ?? 'viewer', seated },
    {
      person: (held) => {
        const role = ROLES[held];
        return role === undefined ? undefined : { name: held, role, seated: true };
      },
      now: 7,
    },
  );

const code = (company: Company, who: string, command: CompanyCommand, seated = true): string | undefined => {
  const decided = decide(company, who, command, seated);
  return decided.ok ? undefined : decided.error.code;
};

test('P183 P184 an editor takes the lead or the knobs from nobody, the owner from anybody, a commenter from nobody', () => {
  for (const [command, office] of [
    [{ type: 'lead' }, 'leader'],
    [{ type: 'take-knobs' }, 'knobs'],
  ] as const) {
    const held = after(NO_COMPANY, 'ada', command);
    expect(held.guide[office]).toBe('ada');
    expect(code(NO_COMPANY, 'carol', command)).toBe('forbidden');
    expect(code(held, 'bob', command)).toBe('conflict');
    expect(after(held, 'ada', command).guide[office]).toBe('ada');
    expect(after(held, 'olga', command).guide[office]).toBe('olga');
  }
});

test('P183 P184 they are given back, or on to one who may have them, by their holder or the owner', () => {
  const held = after(after(NO_COMPANY, 'ada', { type: 'lead' }), 'ada', { type: 'take-knobs' });
  expect(after(held, 'ada', { type: 'give-lead', to: id('bob') }).guide).toEqual({ leader: 'bob', knobs: 'ada' });
  expect(after(held, 'ada', { type: 'give-knobs', to: null }).guide).toEqual({ leader: 'ada', knobs: null });
  expect(after(held, 'olga', { type: 'give-knobs', to: null }).guide.knobs).toBeNull();
  expect(code(held, 'bob', { type: 'give-lead', to: id('bob') })).toBe('forbidden');
  expect(code(held, 'ada', { type: 'give-lead', to: id('carol') })).toBe('forbidden');
  expect(code(held, 'ada', { type: 'give-knobs', to: id('nobody') })).toBe('not-found');
});

test('P185 a hand keeps its place when its question changes, and is lowered by whose it is, the leader or the owner', () => {
  const led = after(NO_COMPANY, 'ada', { type: 'lead' });
  const up = after(led, 'carol', { type: 'raise', question: ' Why\n 72°? ' });
  expect([...up.hands]).toEqual([['carol', { question: 'Why 72°?', at: 7 }]]);
  expect(after(up, 'carol', { type: 'raise', question: '' }).hands.get(id('carol'))).toEqual({ question: '', at: 7 });
  expect(code(up, 'bob', { type: 'lower', person: id('carol') })).toBe('forbidden');
  for (const who of ['carol', 'ada', 'olga'])
    expect(after(up, who, { type: 'lower', person: id('carol') }).hands.size).toBe(0);
  expect(code(led, 'carol', { type: 'raise', question: '' }, false)).toBe('forbidden');
});

test('S10 a question is one line of text', () => {
  expect(cleanQuestion('‮evil​ \t<b>')).toBe('evil <b>');
  expect(cleanQuestion('é'.repeat(999))).toHaveLength(COMPANY_LIMITS.question);
});

test('P186 who leaves holds nothing; who may less keeps a hand and no office', () => {
  let held = after(after(NO_COMPANY, 'ada', { type: 'lead' }), 'ada', { type: 'take-knobs' });
  held = after(held, 'ada', { type: 'raise', question: 'Me' });
  const lowered = withdraw(held, id('ada'), 'commenter');
  expect([lowered.guide, lowered.hands.size]).toEqual([{ leader: null, knobs: null }, 1]);
  expect(withdraw(held, id('ada'), null)).toEqual(NO_COMPANY);
  expect(withdraw(held, id('bob'), null)).toBe(held);
});

test('P184 with nobody at the knobs they are everyone’s', () => {
  expect(knobsFree({ leader: null, knobs: null }, id('bob'))).toBe(true);
  expect(knobsFree({ leader: null, knobs: id('ada') }, id('bob'))).toBe(false);
  expect(knobsFree({ leader: null, knobs: id('ada') }, id('ada'))).toBe(true);
});

const LOOK: Look = { item: 'first', run: null, cell: 3, figure: 'directions', step: null, trying: false };

test('P180 who follows looks where the other does, along a chain, and in a ring where they looked', () => {
  const seen = new Map<PersonId, Seen>([
    [id('ada'), { look: LOOK, follows: null }],
    [id('bob'), { look: null, follows: id('ada') }],
    [id('carol'), { look: null, follows: id('bob') }],
    [id('dora'), { look: { ...LOOK, cell: 5 }, follows: id('gone') }],
  ]);
  expect(lookOf(seen, id('carol'))).toBe(LOOK);
  expect(lookOf(seen, id('dora'))?.cell).toBe(5);
  seen.set(id('ada'), { look: LOOK, follows: id('carol') });
  expect(() => lookOf(seen, id('ada'))).not.toThrow();
});

test('P181 a cursor is seen by those with its figure, item and model before their eyes', () => {
  const point = { item: 'first', run: null, figure: 'directions', cell: 3 } as const;
  expect(seesPoint(LOOK, ['directions'], point)).toBe(true);
  expect(seesPoint(LOOK, ['gram'], point)).toBe(false);
  expect(seesPoint({ ...LOOK, cell: 4 }, ['directions'], point)).toBe(false);
  expect(seesPoint({ ...LOOK, cell: 4 }, ['loss'], { ...point, figure: 'loss' })).toBe(true);
  expect(seesPoint({ ...LOOK, item: 'second' }, ['directions'], point)).toBe(false);
  expect(seesPoint({ ...LOOK, trying: true }, ['directions'], point)).toBe(false);
});

test('P188 a cursor on a diagram is seen by those before the diagram of the same run, whichever cell they have open', () => {
  const run = 'r'.repeat(22) as RunId;
  const point = { item: 'first', run, figure: 'map', cell: 900 } as const;
  const before = { ...LOOK, run };
  expect(seesPoint(before, ['map'], point)).toBe(true);
  expect(seesPoint(LOOK, ['map'], point)).toBe(false);
  expect(seesPoint(before, ['strip'], point)).toBe(false);
  expect(seesPoint(before, ['strip', 'map'], { ...point, figure: 'strip', run: null })).toBe(true);
});
