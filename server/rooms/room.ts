/** One room in memory: its people, its document and its run. */
import type { RoomId, RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { cleanName, type Person } from '#lib/room/person';
import type { EngineName } from '#lib/runs/events';
import type { JoinReply, JoinRequest, Touch } from '#lib/wire/protocol';
import type { Runs } from '../runs/runs.ts';
import type { Audience, Connection } from './connection.ts';
import type { LiveDocument } from './document.ts';
import type { Member, People } from './people.ts';
import { createThrottle } from './throttle.ts';
import type { Tickets } from './tickets.ts';
import type { Touches } from './touches.ts';

export interface Room {
  readonly id: RoomId;
  readonly document: LiveDocument;
  readonly people: People;
  readonly runs: Runs;
  /** A newcomer, or a member that changes between watching and taking part. */
  join(connection: Connection, request: JoinRequest, person: Person['id']): Result<JoinReply>;
  rename(member: Member, request: { name: string; colour: number }): Result<null>;
  touch(member: Member, touch: Touch | null): void;
  leave(connection: string): void;
  /** True while someone is here or something is trained. */
  isInUse(): boolean;
  /** Resolves when everything is on disk. */
  close(): Promise<void>;
}

export interface RoomDependencies {
  readonly audience: Audience;
  readonly document: LiveDocument;
  readonly people: People;
  readonly touches: Touches;
  readonly runs: Runs;
  readonly tickets: Tickets;
  readonly engine: EngineName;
  readonly now: () => number;
}

/** ms; when many come at once, the list of people is told a few times, not once for each. */
const PEOPLE_INTERVAL_MS = 250;

export function createRoom(id: RoomId, dependencies: RoomDependencies): Room {
  const { audience, document, people, touches, runs, tickets, engine, now } = dependencies;
  const tellPeople = createThrottle(() => audience.tell(null, 'people', people.list()), PEOPLE_INTERVAL_MS);

  function replyTo(member: Member, holds: { run: RunId; lease: number } | undefined): JoinReply {
    const { connection, person } = member;
    if (holds !== undefined) runs.rebind(member, holds);
    return {
      me: person,
      ticket: tickets.issue({ room: id, person: person.id, role: person.role }),
      now: now(),
      people: people.list(),
      server: engine,
      run: runs.snapshot(connection.id),
    };
  }

  return {
    id,
    document,
    people,
    runs,
    join(connection, { name, colour, seat, holds }, personId) {
      const clean = cleanName(name);
      if (clean === undefined) return refuse('invalid', NAMELESS, 'name');
      const role = seat ? 'editor' : 'viewer';
      const person: Person = { id: personId, name: clean, colour, role, seated: seat };
      const joined = people.join({ connection, person });
      if (!joined.ok) return joined;
      people.rename(personId, clean, colour);
      tellPeople.call();
      return ok(replyTo({ connection, person }, holds));
    },
    rename({ person }, { name, colour }) {
      const clean = cleanName(name);
      if (clean === undefined) return refuse('invalid', NAMELESS, 'name');
      people.rename(person.id, clean, colour);
      tellPeople.call();
      return ok(null);
    },
    touch({ person, connection }, touch) {
      if (person.seated) touches.touch(person.id, connection.id, touch);
    },
    leave(connection) {
      if (people.leave(connection) === undefined) return;
      touches.leave(connection);
      runs.leave(connection);
      tellPeople.call();
    },
    isInUse: () => people.members().length > 0 || document.peers() > 0 || runs.isTraining(),
    async close() {
      tellPeople.cancel();
      touches.close();
      await Promise.all([runs.close(), document.close()]);
    },
  };
}

const NAMELESS = 'name: must have a letter or another visible character.';
