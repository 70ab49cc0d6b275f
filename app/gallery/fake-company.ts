/** People who look, point, lead and ask, without a server. For looking at the interface only. */
import type { Id, PersonId } from '#lib/base/id';
import type { Look, Seen } from '#lib/room/company';
import { ALONE, type CompanyState } from '../_session/company.ts';

const id = (name: string): PersonId => name as Id<'person'>;

const [ADA, NOETHER, COXETER, GERMAIN] = ['Ada Lovelace', 'Curious Noether', 'Bold Coxeter', 'Patient Germain'].map(
  id,
) as [PersonId, PersonId, PersonId, PersonId];

const look = (cell: number, figure: Look['figure'], trying = false): Look => ({
  item: 'first',
  run: null,
  cell,
  figure,
  step: null,
  trying,
});

const seen = (follows: PersonId | null): ReadonlyMap<PersonId, Seen> =>
  new Map<PersonId, Seen>([
    [ADA, { look: look(6, 'directions'), follows }],
    [NOETHER, { look: look(6, 'directions'), follows: null }],
    [COXETER, { look: look(2, 'gram'), follows: null }],
    [GERMAIN, { look: look(6, 'loss', true), follows: null }],
    [id('Calm Thomson'), { look: look(2, 'gram'), follows: COXETER }],
    [id('Swift Hopper'), { look: null, follows: null }],
  ]);

/** Noether leads and points, Coxeter has the knobs, Germain asks. */
export function fakeCompany(scene: string): CompanyState {
  if (scene !== 'together' && scene !== 'leading') return ALONE;
  const leads = scene === 'leading';
  return {
    ...ALONE,
    guide: { leader: leads ? ADA : NOETHER, knobs: leads ? ADA : COXETER },
    hands: new Map([[GERMAIN, { question: 'Why does the fifth one wait until S = 0.9?', at: 1 }]]),
    seen: seen(leads ? null : NOETHER),
    follows: leads ? null : NOETHER,
    cursors: new Map([
      [NOETHER, { person: NOETHER, figure: 'directions', cell: 6, at: { x: 0.62, y: 0.4 }, resting: false }],
      [COXETER, { person: COXETER, figure: 'gram', cell: 6, at: { x: 1.6, y: 2.4 }, resting: false }],
    ]),
  };
}
