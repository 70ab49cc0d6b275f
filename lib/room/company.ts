/**
 * What people do together at this moment: who looks where and follows whom, who leads, who has the knobs, whose hand is up. It is
 * presence: kept in memory, stamped by the server, gone with those it speaks of. `decideCompany` decides, and changes nothing itself.
 */
import type { PersonId, RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { COMPANY_LIMITS } from './limits.ts';
import { can, type Role } from './roles.ts';

/** Where one may look, and point. The wire has their places: a new one comes last. */
export const LOOK_FIGURES = ['strip', 'directions', 'gram', 'norms', 'loss', 'timeline', 'map'] as const;
export type LookFigure = (typeof LOOK_FIGURES)[number];

export interface Look {
  /** Id of the agenda's item. */
  readonly item: string;
  readonly run: RunId | null;
  readonly cell: number;
  /** The one that stands large, or alone on a phone. */
  readonly figure: LookFigure;
  /** Gone back to; null: with the run. */
  readonly step: number | null;
  /** At something of one's own: the room's figures are not before one's eyes. */
  readonly trying: boolean;
}

/** What others know of it. */
export interface Seen {
  /** null: not told. */
  readonly look: Look | null;
  readonly follows: PersonId | null;
}

/** Who guides the room. null: nobody. */
export interface Guide {
  /** Everyone follows, until they leave. */
  readonly leader: PersonId | null;
  /** Alone changes parameters and runs. */
  readonly knobs: PersonId | null;
}

export interface RaisedHand {
  /** May be empty. */
  readonly question: string;
  /** ms since 1970, server's clock: who was first. */
  readonly at: number;
}

export interface Company {
  readonly guide: Guide;
  readonly hands: ReadonlyMap<PersonId, RaisedHand>;
}

export type CompanyCommand =
  /** From nobody, or, for the owner, from anybody. */
  | { readonly type: 'lead' }
  /** By the leader: another leads, or nobody. */
  | { readonly type: 'give-lead'; readonly to: PersonId | null }
  | { readonly type: 'take-knobs' }
  | { readonly type: 'give-knobs'; readonly to: PersonId | null }
  | { readonly type: 'raise'; readonly question: string }
  /** By oneself, the leader or the owner. */
  | { readonly type: 'lower'; readonly person: PersonId };

export interface CompanyActor {
  readonly id: PersonId;
  readonly role: Role;
  readonly seated: boolean;
}

/** What a decision needs to know of the others. */
export interface Bystanders {
  /** undefined: not here. */
  readonly person: (
    id: PersonId,
  ) => { readonly name: string; readonly role: Role; readonly seated: boolean } | undefined;
  readonly now: number;
}

export const NO_COMPANY: Company = { guide: { leader: null, knobs: null }, hands: new Map() };

export function decideCompany(
  company: Company,
  command: CompanyCommand,
  actor: CompanyActor,
  others: Bystanders,
): Result<Company> {
  switch (command.type) {
    case 'lead':
      return take(company, 'leader', actor, others);
    case 'give-lead':
      return give(company, 'leader', command.to, actor, others);
    case 'take-knobs':
      return take(company, 'knobs', actor, others);
    case 'give-knobs':
      return give(company, 'knobs', command.to, actor, others);
    case 'raise':
      return raise(company, command.question, actor, others.now);
    case 'lower':
      return lower(company, command.person, actor);
  }
}

type Office = keyof Guide;

const OFFICES = {
  leader: { action: 'lead', words: 'the lead', pronoun: 'it', needs: 'Leading needs the role of an editor.' },
  knobs: { action: 'control-run', words: 'the knobs', pronoun: 'them', needs: 'The knobs need the role of an editor.' },
} as const;

function take(company: Company, office: Office, actor: CompanyActor, others: Bystanders): Result<Company> {
  const { action, words, pronoun, needs } = OFFICES[office];
  if (!can(actor.role, action)) return refuse('forbidden', needs);
  const holder = company.guide[office];
  if (holder !== null && holder !== actor.id && !can(actor.role, 'moderate-room'))
    return refuse('conflict', `${others.person(holder)?.name ?? 'Another'} has ${words}. Ask for ${pronoun}.`);
  return ok(withOffice(company, office, actor.id));
}

function give(
  company: Company,
  office: Office,
  to: PersonId | null,
  actor: CompanyActor,
  others: Bystanders,
): Result<Company> {
  const { action, words, needs } = OFFICES[office];
  if (company.guide[office] !== actor.id && !can(actor.role, 'moderate-room'))
    return refuse('forbidden', `You do not have ${words}.`);
  if (to === null) return ok(withOffice(company, office, null));
  const next = others.person(to);
  if (next === undefined) return refuse('not-found', 'That person has left.', 'to');
  return can(next.role, action) ? ok(withOffice(company, office, to)) : refuse('forbidden', needs, 'to');
}

const withOffice = (company: Company, office: Office, holder: PersonId | null): Company => ({
  ...company,
  guide: { ...company.guide, [office]: holder },
});

function raise(company: Company, question: string, { id, seated }: CompanyActor, at: number): Result<Company> {
  if (!seated) return refuse('forbidden', 'You are watching. Join the room to raise a hand.');
  // With other words it is the same hand, in the same place.
  const hand = { question: cleanQuestion(question), at: company.hands.get(id)?.at ?? at };
  return ok({ ...company, hands: new Map(company.hands).set(id, hand) });
}

function lower(company: Company, person: PersonId, actor: CompanyActor): Result<Company> {
  if (person !== actor.id && company.guide.leader !== actor.id && !can(actor.role, 'moderate-room'))
    return refuse('forbidden', 'A hand is lowered by whose it is, by who leads, or by the owner.');
  return ok(withoutHand(company, person));
}

function withoutHand(company: Company, person: PersonId): Company {
  if (!company.hands.has(person)) return company;
  const hands = new Map(company.hands);
  hands.delete(person);
  return { ...company, hands };
}

/** One line without control or direction-changing characters. */
export const cleanQuestion = (question: string): string =>
  Array.from(
    question
      .normalize('NFC')
      .replace(/[\p{C}\s]+/gu, ' ')
      .trim(),
  )
    .slice(0, COMPANY_LIMITS.question)
    .join('')
    .trim();

/** Someone is gone, or may do less: what they held is free. */
export function withdraw(company: Company, id: PersonId, role: Role | null): Company {
  const { leader, knobs } = company.guide;
  const may = (office: Office): boolean => role !== null && can(role, OFFICES[office].action);
  const guide = {
    leader: leader === id && !may('leader') ? null : leader,
    knobs: knobs === id && !may('knobs') ? null : knobs,
  };
  const changed = guide.leader !== leader || guide.knobs !== knobs;
  const next = changed ? { ...company, guide } : company;
  return role === null ? withoutHand(next, id) : next;
}

/** May this person change parameters and runs, as far as the knobs go? Of the role says `can` what it says. */
export const knobsFree = ({ knobs }: Guide, id: PersonId | undefined): boolean => knobs === null || knobs === id;

/** Where a person looks: with whom they follow, or by themselves. Who follow each other in a ring look where they looked. */
export function lookOf(seen: ReadonlyMap<PersonId, Seen>, id: PersonId): Look | null {
  const passed = new Set<PersonId>();
  let at = id;
  for (;;) {
    passed.add(at);
    const follows = seen.get(at)?.follows ?? null;
    if (follows === null || passed.has(follows) || !seen.has(follows)) return seen.get(at)?.look ?? null;
    at = follows;
  }
}

/** Figures that show the same whichever model is chosen. */
const OF_ALL_CELLS: readonly LookFigure[] = ['strip', 'loss', 'timeline', 'map'];

/** Figures whose axes are their run's own: what is pointed at in one is another thing in another run's. */
const OF_ONE_RUN: readonly LookFigure[] = ['map'];

/** Does someone who looks there see what is pointed at? */
export const seesPoint = (
  look: Look,
  figures: readonly LookFigure[],
  point: Pick<Look, 'item' | 'run' | 'figure' | 'cell'>,
): boolean =>
  !look.trying &&
  look.item === point.item &&
  figures.includes(point.figure) &&
  (look.run === point.run || !OF_ONE_RUN.includes(point.figure)) &&
  (look.cell === point.cell || OF_ALL_CELLS.includes(point.figure));
