/**
 * What people of a room do together at this moment (lib/room/company): who looks where, who leads, who has the knobs, whose hand is
 * up. Kept in memory, and told as it changes: what a leader looks at at once, the rest a few times a second.
 */
import type { PersonId } from '#lib/base/id';
import { ok, refuse, type Refusal, type Result } from '#lib/base/result';
import {
  decideCompany,
  knobsFree,
  lookOf,
  NO_COMPANY,
  withdraw,
  type Company,
  type CompanyCommand,
  type Look,
  type LookFigure,
  type RaisedHand,
  type Seen,
} from '#lib/room/company';
import type { Role } from '#lib/room/roles';
import type { Limits } from '#lib/wire/limits';
import type { CompanySnapshot, LookRequest } from '#lib/wire/protocol';
import type { Audience } from './connection.ts';
import type { Member, People } from './people.ts';
import { createThrottle } from './throttle.ts';

export interface LiveCompany {
  snapshot(): Omit<CompanySnapshot, 'tries'>;
  obey(member: Member, command: CompanyCommand): Result<null>;
  look(member: Member, request: LookRequest): void;
  /** What a connection has before its eyes, whether or not others are told; null: it has not said. */
  sight(connection: string): { readonly look: Look; readonly figures: readonly LookFigure[] } | null;
  /** The refusal for one who would change parameters or runs while another has the knobs. */
  whyHandsOff(member: Member): { readonly ok: false; readonly error: Refusal } | undefined;
  /** This person's role is another now. */
  review(person: PersonId, role: Role): void;
  leave(connection: string, person: PersonId): void;
  close(): void;
}

export interface CompanyDependencies {
  readonly people: People;
  readonly audience: Audience;
  readonly limits: Limits;
  readonly now: () => number;
}

interface Sight extends LookRequest {
  readonly person: PersonId;
}

/** ms: who is followed moves on all screens as hands do on controls */
const FOLLOWED_MS = 66;
/** ms: where the others look is read in a list */
const OTHERS_MS = 500;
/** ms: offices and hands; a class that raises its hands at once is told of in one message */
const GUIDE_MS = 100;

export function createCompany({ people, audience, limits, now }: CompanyDependencies): LiveCompany {
  let company: Company = NO_COMPANY;
  const sights = new Map<string, Sight>();
  /** Of several tabs, the one that spoke last. */
  const newest = new Map<PersonId, Sight>();
  const absences = new Map<PersonId, NodeJS.Timeout>();
  const movedFast = new Set<PersonId>();
  const moved = new Set<PersonId>();
  const hands = new Map<PersonId, RaisedHand | null>();

  const person = (id: PersonId): Member['person'] | undefined => people.list().find((held) => held.id === id);

  function seenOf(id: PersonId): Seen | null {
    const sight = newest.get(id);
    if (sight === undefined) return null;
    const told = !sight.hidden || company.guide.leader === id;
    return { look: told ? sight.look : null, follows: sight.follows };
  }

  const isFollowed = (id: PersonId): boolean =>
    company.guide.leader === id || [...sights.values()].some(({ follows }) => follows === id);

  const tellLooks = (ids: Set<PersonId>): void => {
    if (ids.size > 0)
      audience.tell(
        null,
        'looks',
        [...ids].map((id) => [id, seenOf(id)] as const),
      );
    for (const id of [...ids]) {
      moved.delete(id);
      movedFast.delete(id);
    }
  };
  const fast = createThrottle(() => tellLooks(movedFast), FOLLOWED_MS);
  const slow = createThrottle(() => tellLooks(moved), OTHERS_MS);
  const guide = createThrottle(() => audience.tell(null, 'guide', company.guide), GUIDE_MS);
  const raised = createThrottle(() => {
    audience.tell(null, 'hands', [...hands]);
    hands.clear();
  }, GUIDE_MS);

  function hasMoved(id: PersonId): void {
    const followed = isFollowed(id);
    (followed ? movedFast : moved).add(id);
    (followed ? fast : slow).call();
  }

  function become(next: Company): void {
    const before = company;
    company = next;
    if (next.guide !== before.guide) {
      guide.call();
      // A leader is seen even where they hide otherwise.
      for (const id of [before.guide.leader, next.guide.leader]) if (id !== null) hasMoved(id);
    }
    const changed = [...before.hands.keys(), ...next.hands.keys()].filter(
      (id) => before.hands.get(id) !== next.hands.get(id),
    );
    for (const id of changed) hands.set(id, next.hands.get(id) ?? null);
    if (changed.length > 0) raised.call();
  }

  function forget(id: PersonId): void {
    absences.delete(id);
    if (person(id) !== undefined) return;
    become(withdraw(company, id, null));
    hasMoved(id);
  }

  return {
    snapshot: () => ({
      guide: company.guide,
      hands: [...company.hands],
      looks: [...newest.keys()].map((id) => [id, seenOf(id)] as const),
    }),
    obey(member, command) {
      const { id, role, seated } = member.person;
      const decided = decideCompany(company, command, { id, role, seated }, { person, now: now() });
      if (!decided.ok) return decided;
      become(decided.value);
      return ok(null);
    },
    look({ connection, person: { id } }, request) {
      const sight = { ...request, follows: request.follows === id ? null : request.follows, person: id };
      sights.set(connection.id, sight);
      newest.set(id, sight);
      hasMoved(id);
    },
    sight(connection) {
      const sight = sights.get(connection);
      if (sight === undefined) return null;
      const look = sight.follows === null ? sight.look : (lookOf(newest, sight.follows) ?? sight.look);
      return look === null ? null : { look, figures: sight.figures };
    },
    whyHandsOff({ person: { id } }) {
      if (knobsFree(company.guide, id)) return undefined;
      const holder = person(company.guide.knobs as PersonId)?.name ?? 'Another';
      return refuse('conflict', `${holder} has the knobs. Ask for them, or press Try mine.`, 'knobs');
    },
    review(id, role) {
      become(withdraw(company, id, role));
    },
    leave(connection, id) {
      if (sights.delete(connection)) {
        const other = [...sights.values()].findLast((sight) => sight.person === id);
        if (other === undefined) newest.delete(id);
        else newest.set(id, other);
        hasMoved(id);
      }
      clearTimeout(absences.get(id));
      // Perhaps it only lost its connection.
      absences.set(
        id,
        setTimeout(() => forget(id), limits.companyGrace),
      );
    },
    close() {
      for (const timer of absences.values()) clearTimeout(timer);
      for (const throttle of [fast, slow, guide, raised]) throttle.cancel();
    },
  };
}
