/** Who is in a room. A person may have several tabs: everyone sees one person, who may do what the best of the tabs may. */
import type { PersonId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import type { Person } from '#lib/room/person';
import { higher, type Role } from '#lib/room/roles';
import type { Limits } from '#lib/wire/limits';
import type { KeyHash } from './access.ts';
import type { Connection } from './connection.ts';

/** One connection of a person, in its own role: a tab that just watches writes nothing. */
export interface Member {
  readonly connection: Connection;
  readonly person: Person;
  /** What was shown when it joined. */
  readonly keys: readonly KeyHash[];
}

export interface People {
  /** A newcomer, or a connection that changes between watching and taking part. */
  join(member: Member): Result<null>;
  leave(connection: string): Member | undefined;
  /** One connection's role, as it is now. */
  setRole(connection: string, role: Role): void;
  /** All of the person's tabs at once. */
  rename(person: PersonId, name: string, colour: number): void;
  member(connection: string): Member | undefined;
  members(): readonly Member[];
  /** Everyone once, in the order in which they came. */
  list(): readonly Person[];
}

export function createPeople(limits: Limits): People {
  const members = new Map<string, Member>();

  const others = (member: Member): Member[] =>
    [...members.values()].filter(({ connection }) => connection.id !== member.connection.id);

  return {
    join(member) {
      const refusal = whyFull(others(member), member.person, limits);
      if (refusal !== undefined) return refusal;
      members.set(member.connection.id, member);
      return ok(null);
    },
    leave(connection) {
      const member = members.get(connection);
      members.delete(connection);
      return member;
    },
    setRole(connection, role) {
      const member = members.get(connection);
      if (member !== undefined) members.set(connection, { ...member, person: { ...member.person, role } });
    },
    rename(id, name, colour) {
      for (const [connection, { person, ...member }] of members)
        if (person.id === id) members.set(connection, { ...member, person: { ...person, name, colour } });
    },
    member: (connection) => members.get(connection),
    members: () => [...members.values()],
    list: () => listPeople(members.values()),
  };
}

function listPeople(members: Iterable<Member>): readonly Person[] {
  const people = new Map<PersonId, Person>();
  for (const { person } of members) {
    const known = people.get(person.id);
    if (known?.seated !== true) people.set(person.id, person);
    else if (person.seated) people.set(person.id, { ...known, role: higher(known.role, person.role) });
  }
  return [...people.values()];
}

function whyFull(others: readonly Member[], { id, seated }: Person, limits: Limits): Result<never> | undefined {
  const tabs = others.filter(({ person }) => person.id === id);
  if (tabs.length >= limits.tabs)
    return refuse('limit', `This room is open in ${limits.tabs} tabs of yours. Close one and try again.`);
  if (tabs.some(({ person }) => person.seated === seated)) return undefined;
  const taken = listPeople(others).filter((person) => person.seated === seated && person.id !== id).length;
  if (seated && taken >= limits.seats)
    return refuse('limit', `All ${limits.seats} seats of this room are taken. You can watch instead.`, 'seat');
  if (!seated && taken >= limits.watchers)
    return refuse('limit', `${limits.watchers} people watch this room already. Try again when one has left.`, 'seat');
  return undefined;
}
