/** One room in memory: its people, its document and its run. */
import type { RoomId, RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { cleanName, type Person } from '#lib/room/person';
import type { EngineName, EngineOffer } from '#lib/runs/events';
import { can, type Role } from '#lib/room/roles';
import type {
  DocumentName,
  JoinReply,
  JoinRequest,
  ManageCommand,
  ManageReply,
  Moment,
  Touch,
} from '#lib/wire/protocol';
import type { RoomLinks } from '../links/room-links.ts';
import type { History } from '../runs/history.ts';
import type { Runs } from '../runs/runs.ts';
import { hashKey, type KeyHash, type LiveAccess } from './access.ts';
import type { LiveCompany } from './company.ts';
import type { Audience, Connection } from './connection.ts';
import type { Cursors } from './cursors.ts';
import type { LiveDocument } from './document.ts';
import type { GroupClock } from './group-time.ts';
import type { Member, People } from './people.ts';
import { createThrottle } from './throttle.ts';
import type { Tickets } from './tickets.ts';
import type { Touches } from './touches.ts';
import type { Tries } from './tries.ts';

export interface Room {
  readonly id: RoomId;
  readonly documents: Readonly<Record<DocumentName, LiveDocument>>;
  readonly access: LiveAccess;
  readonly people: People;
  readonly company: LiveCompany;
  readonly cursors: Cursors;
  readonly tries: Tries;
  readonly runs: Runs;
  readonly history: History;
  readonly links: RoomLinks;
  /** A newcomer, or a member that changes between watching and taking part. */
  join(connection: Connection, request: JoinRequest, person: Person['id']): Result<JoinReply>;
  manage(member: Member, command: ManageCommand): Promise<Result<ManageReply>>;
  /** Everyone may do what they may do now, at once. */
  reviewRoles(): void;
  rename(member: Member, request: { name: string; colour: number }): Result<null>;
  touch(member: Member, touch: Touch | null): void;
  time(member: Member, moment: Moment | null): Result<null>;
  leave(connection: string): void;
  /** True while someone is here or something is trained. */
  isInUse(): boolean;
  /** Resolves when everything is on disk. */
  close(): Promise<void>;
}

export interface RoomDependencies {
  readonly audience: Audience;
  readonly access: LiveAccess;
  /** Takes the room away, from memory and from disk. */
  readonly remove: () => Promise<void>;
  readonly documents: Readonly<Record<DocumentName, LiveDocument>>;
  readonly people: People;
  readonly touches: Touches;
  readonly groupClock: GroupClock;
  readonly company: LiveCompany;
  readonly cursors: Cursors;
  readonly tries: Tries;
  readonly runs: Runs;
  readonly history: History;
  readonly links: RoomLinks;
  readonly tickets: Tickets;
  readonly engine: () => EngineName;
  /** Of that engine, in vector instructions a second; null: not known. */
  readonly pace: () => number | null;
  readonly offers: () => readonly EngineOffer[];
  readonly spared: JoinReply['spared'];
  readonly now: () => number;
}

/** ms; when many come at once, the list of people is told a few times, not once for each. */
const PEOPLE_INTERVAL_MS = 250;

export function createRoom(id: RoomId, dependencies: RoomDependencies): Room {
  const {
    audience,
    access,
    remove,
    documents,
    people,
    touches,
    groupClock,
    runs,
    history,
    links,
    tickets,
    engine,
    pace,
    offers,
    spared,
    now,
  } = dependencies;
  const { company, cursors, tries } = dependencies;
  const tellPeople = createThrottle(() => audience.tell(null, 'people', people.list()), PEOPLE_INTERVAL_MS);

  const both = Object.values(documents);

  const ticketFor = ({ id: person, role }: Person): string =>
    tickets.issue({ room: id, person, role, access: access.epoch(), document: documents.lab.epoch });

  const roleFor = (person: Person['id'], seated: boolean, keys: readonly KeyHash[]): Role =>
    seated ? access.role(person, keys) : 'viewer';

  /** With several tabs a person may do what the best of them may. */
  function reviewCompany(id: Person['id']): void {
    const person = people.list().find((held) => held.id === id);
    if (person !== undefined) company.review(id, person.role);
  }

  function reviewRoles(): void {
    for (const { connection, person, keys } of people.members()) {
      const role = roleFor(person.id, person.seated, keys);
      if (role === person.role) continue;
      people.setRole(connection.id, role);
      if (!can(role, 'edit-lab')) touches.touch(person.id, connection.id, null);
      if (!can(role, 'control-run')) runs.dismiss(connection.id);
      reviewCompany(person.id);
      const now = { ...person, role };
      connection.send('you', now, ticketFor(now));
    }
    // A document can be open longer than the connection that its ticket came from.
    const isStill = (id: Person['id'], role: Role): boolean =>
      people.members().some(({ person }) => person.id === id && person.role === role);
    for (const document of both) document.review(isStill);
    audience.tell(null, 'facts', access.facts());
    tellPeople.call();
  }

  async function manage({ person }: Member, command: ManageCommand): Promise<Result<ManageReply>> {
    if (!can(person.role, 'manage-room')) return refuse('forbidden', 'Only the owner of this room may do that.');
    if (command.type === 'look') return ok({ access: access.view(), key: null });
    if (command.type === 'delete') {
      const last = access.view();
      await remove();
      return ok({ access: last, key: null });
    }
    const changed = await access.change(command);
    return changed.ok ? ok({ access: access.view(), key: changed.value }) : changed;
  }

  function replyTo(member: Member, holds: { run: RunId; lease: number } | undefined): JoinReply {
    const { connection, person, keys } = member;
    if (holds !== undefined) runs.rebind(member, holds);
    return {
      me: person,
      keys: keys.map((key) => access.gives(key)),
      facts: access.facts(),
      epoch: documents.lab.epoch,
      ticket: ticketFor(person),
      now: now(),
      people: people.list(),
      company: { ...company.snapshot(), tries: tries.list() },
      server: engine(),
      serverPace: pace(),
      serverOffers: offers(),
      run: runs.snapshot(connection.id),
      time: groupClock.present(),
      spared,
    };
  }

  return {
    id,
    documents,
    access,
    people,
    company,
    cursors,
    tries,
    runs,
    history,
    links,
    join(connection, { name, colour, seat, keys: shown = [], holds }, personId) {
      const clean = cleanName(name);
      if (clean === undefined) return refuse('invalid', NAMELESS, 'name');
      const keys = shown.map(hashKey);
      const role = roleFor(personId, seat, keys);
      const person: Person = { id: personId, name: clean, colour, role, seated: seat };
      const joined = people.join({ connection, person, keys });
      if (!joined.ok) return joined;
      people.rename(personId, clean, colour);
      reviewCompany(personId);
      tellPeople.call();
      return ok(replyTo({ connection, person, keys }, holds));
    },
    manage,
    reviewRoles,
    rename({ person }, { name, colour }) {
      const clean = cleanName(name);
      if (clean === undefined) return refuse('invalid', NAMELESS, 'name');
      people.rename(person.id, clean, colour);
      tellPeople.call();
      return ok(null);
    },
    touch(member, touch) {
      const { person, connection } = member;
      // A hand that was on a control when another took the knobs still lets go.
      const free = touch === null || company.whyHandsOff(member) === undefined;
      if (can(person.role, 'edit-lab') && free) touches.touch(person.id, connection.id, touch);
    },
    time(member, moment) {
      if (!can(member.person.role, 'control-run')) return NO_HAND;
      groupClock.move(member, moment);
      return ok(null);
    },
    leave(connection) {
      const left = people.leave(connection);
      if (left === undefined) return;
      touches.leave(connection);
      company.leave(connection, left.person.id);
      runs.leave(connection);
      tellPeople.call();
    },
    isInUse: () => people.members().length > 0 || both.some((document) => document.peers() > 0) || runs.isTraining(),
    async close() {
      tellPeople.cancel();
      access.close();
      touches.close();
      groupClock.close();
      cursors.close();
      company.close();
      tries.close();
      await Promise.all([runs.close(), ...both.map((document) => document.close())]);
    },
  };
}

const NO_HAND = refuse('forbidden', 'Only who may run experiments may move the time of the group.');
const NAMELESS = 'name: must have a letter or another visible character.';
