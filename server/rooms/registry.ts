/** The rooms of this server: loaded when first asked for, put away when nobody has been there for a while. */
import { randomBytes } from 'node:crypto';
import * as Y from 'yjs';
import { idFromBytes, type PersonId, type RoomId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { newAccess } from '#lib/room/access';
import { copyLab } from '#lib/room/agenda';
import { stampAuthor } from '#lib/room/author';
import { createNotesGuard } from '#lib/room/notes';
import { migrateLab } from '#lib/room/migrate';
import { renewLab } from '#lib/room/renew';
import { seedLab, type LabView, type Seed } from '#lib/room/lab';
import type { DocumentName } from '#lib/wire/protocol';
import type { Limits } from '#lib/wire/limits';
import type { TrainingQueue } from '../compute/queue.ts';
import type { Log } from '../log.ts';
import type { Fork } from '../links/fork.ts';
import type { Links } from '../links/links.ts';
import { createRoomLinks } from '../links/room-links.ts';
import { createHistory } from '../runs/history.ts';
import { createRuns } from '../runs/runs.ts';
import type { Storage, StoredRoom } from '../storage/storage.ts';
import { createAccess, hashKey, newKey } from './access.ts';
import type { Audience } from './connection.ts';
import { createCompany } from './company.ts';
import { createCursors } from './cursors.ts';
import { createDocument, type LiveDocument } from './document.ts';
import { createGroupClock } from './group-time.ts';
import { createPeople } from './people.ts';
import { createRoom, type Room } from './room.ts';
import { createSaver } from './saver.ts';
import { firstSeed } from './seed.ts';
import type { Tickets } from './tickets.ts';
import { createTouches } from './touches.ts';
import { createTries } from './tries.ts';

export interface Registry {
  create(seed: Seed): Promise<NewRoom>;
  /** A new room with the values of another, and nothing else of it. */
  duplicate(view: LabView): Promise<NewRoom>;
  /** A new room in which everything of a link is. */
  fork(fork: Fork): Promise<NewRoom>;
  /** Stays in memory for a while even when nobody joins. */
  open(room: RoomId): Promise<Result<Room>>;
  /** Goes on with the runs that were trained here when the server ended. */
  wake(): Promise<void>;
  counts(): { readonly rooms: number; readonly people: number; readonly runs: number };
  /** Everything on disk, nothing in memory. */
  close(): Promise<void>;
}

export interface NewRoom {
  readonly room: RoomId;
  /** Told once, to its creator. */
  readonly ownerKey: string;
}

export interface RegistryDependencies {
  readonly storage: Storage;
  readonly links: Links;
  readonly queue: TrainingQueue;
  readonly tickets: Tickets;
  readonly audience: (room: string) => Audience;
  readonly limits: Limits;
  readonly log: Log;
  readonly now: () => number;
  /** ms for which an empty room stays in memory */
  readonly linger?: number | undefined;
}

interface Entry {
  readonly room: Promise<Room | undefined>;
  /** Set once loaded. */
  loaded: Room | undefined;
  /** Server's clock, ms: when it was last asked for or seen in use. */
  usedAt: number;
}

const DAY_MS = 86_400_000;
const EXPIRY_INTERVAL_MS = 3_600_000;

/** Marks what was read from disk, which needs not be written again. */
const FROM_STORAGE = 'storage';

export function createRegistry(dependencies: RegistryDependencies): Registry {
  const { storage, limits, log, now, linger = 30_000 } = dependencies;
  const entries = new Map<RoomId, Entry>();
  const leaving = new Map<RoomId, Promise<void>>();
  let closing = false;
  const sweep = setInterval(() => putAwayUnused(), Math.max(50, linger / 4));

  const expiry = setInterval(() => expireIdle(), EXPIRY_INTERVAL_MS);
  forgiveAbsence();
  expireIdle();

  function markUsed(id: RoomId): void {
    storage
      .markUsed(id, now())
      .catch((error: unknown) => log.error({ error }, 'the use of a room could not be written'));
  }

  /** A server that was away, or begins with an old backup, does not at once delete what nobody could open. */
  function forgiveAbsence(): void {
    const notice = limits.noticeDays * DAY_MS;
    storage
      .forgiveAbsence(now() - notice, now() - limits.idleDays * DAY_MS + notice)
      .catch((error: unknown) => log.error({ error }, 'rooms could not be given time'));
  }

  /** Rooms that nobody has opened for a long time go, with everything in them. */
  function expireIdle(): void {
    const expire = async (): Promise<void> => {
      const idle = await storage.roomsIdleSince(now() - limits.idleDays * DAY_MS);
      const unused = idle.filter((id) => !entries.has(id));
      await Promise.all(unused.map((id) => storage.deleteRoom(id)));
      if (unused.length > 0) log.info({ rooms: unused.length }, 'rooms have expired');
    };
    expire().catch((error: unknown) => log.error({ error }, 'rooms could not expire'));
  }

  async function load(id: RoomId): Promise<Room | undefined> {
    await leaving.get(id);
    const stored = await storage.loadRoom(id);
    if (stored !== undefined) markUsed(id);
    return stored && buildRoom(dependencies, id, stored, () => remove(id));
  }

  function enter(id: RoomId): Entry {
    const entry: Entry = { room: load(id), loaded: undefined, usedAt: now() };
    entries.set(id, entry);
    const loaded = (room: Room | undefined): void => {
      entry.loaded = room;
      if (room === undefined) entries.delete(id);
    };
    entry.room.then(loaded, () => entries.delete(id));
    return entry;
  }

  function putAwayUnused(): void {
    for (const [id, entry] of entries) {
      if (entry.loaded?.isInUse() === true) entry.usedAt = now();
      else if (entry.loaded !== undefined && now() - entry.usedAt >= linger) {
        // It may have been open for longer than a room may be idle.
        markUsed(id);
        putAway(id, entry.loaded, renew);
      }
    }
  }

  /** Everyone is told, and may not come back. */
  async function remove(id: RoomId): Promise<void> {
    const room = entries.get(id)?.loaded;
    if (room === undefined) return;
    dependencies.audience(id).tell(null, 'gone');
    for (const { connection } of room.people.members()) room.leave(connection.id);
    putAway(id, room);
    await leaving.get(id);
    await storage.deleteRoom(id);
  }

  /** Of a document that is mostly history, once nobody is there who could still write to it. */
  async function renew(id: RoomId, { documents }: Room): Promise<void> {
    const renewed = renewLab(documents.lab.doc);
    if (renewed !== undefined) await storage.renew(id, renewed);
  }

  function putAway(id: RoomId, room: Room, after?: (id: RoomId, room: Room) => Promise<void>): void {
    entries.delete(id);
    const left = room
      .close()
      .then(() => after?.(id, room))
      .catch((error: unknown) => log.error({ error }, 'a room could not be put away'))
      .finally(() => leaving.delete(id));
    leaving.set(id, left);
  }

  async function createFilled(fill: (doc: Y.Doc) => void): Promise<NewRoom> {
    const id = idFromBytes<'room'>(randomBytes(16));
    const doc = new Y.Doc();
    fill(doc);
    const ownerKey = newKey();
    await storage.createRoom(id, Y.encodeStateAsUpdate(doc), newAccess(hashKey(ownerKey)));
    return { room: id, ownerKey };
  }

  async function open(id: RoomId): Promise<Result<Room>> {
    if (closing) return refuse('unavailable', 'The server restarts. Try again in a moment.');
    const known = entries.get(id);
    if (known === undefined && entries.size >= limits.openRooms)
      return refuse('limit', 'The server holds as many rooms as it can. Try again in a few minutes.');
    const entry = known ?? enter(id);
    entry.usedAt = now();
    const room = await entry.room;
    return room === undefined
      ? refuse('not-found', 'There is no such room. Check the link, or open a new room.', 'room')
      : ok(room);
  }

  return {
    create: (seed) =>
      createFilled((doc) => {
        seedLab(doc, seed, FROM_STORAGE);
      }),
    duplicate: (view) =>
      createFilled((doc) => {
        copyLab(doc, view, FROM_STORAGE);
      }),
    async fork({ seed, notes, run }) {
      const created = await createFilled((doc) => {
        seedLab(doc, seed, FROM_STORAGE);
      });
      if (notes !== null) await storage.append(created.room, 'notes', notes);
      const change = run(created.room);
      if (change !== null) await storage.saveRun(change);
      return created;
    },
    open,
    async wake() {
      for (const room of await storage.roomsTrainedHere()) await open(room);
    },
    counts() {
      const rooms = [...entries.values()].flatMap(({ loaded }) => loaded ?? []);
      const people = rooms.reduce((sum, room) => sum + room.people.list().length, 0);
      return { rooms: rooms.length, people, runs: rooms.filter((room) => room.runs.isActive()).length };
    },
    async close() {
      closing = true;
      clearInterval(sweep);
      clearInterval(expiry);
      await Promise.allSettled([...entries.values()].map(({ room }) => room));
      for (const [id, { loaded }] of entries) if (loaded !== undefined) putAway(id, loaded);
      await Promise.all(leaving.values());
    },
  };
}

function buildRoom(
  dependencies: RegistryDependencies,
  id: RoomId,
  stored: StoredRoom,
  remove: () => Promise<void>,
): Room {
  const { storage, links, queue, tickets, limits, log, now } = dependencies;
  const audience = dependencies.audience(id);
  const people = createPeople(limits);
  const lab = openDocument(dependencies, id, 'lab', stored);
  const notes = openDocument(dependencies, id, 'notes', stored, (person) => {
    const author = people.list().find((here) => here.id === person);
    if (author !== undefined) stampAuthor(notes.doc, person, author, 'server');
  });
  const access = createAccess(stored.access, {
    save: (next) => storage.saveAccess(id, next),
    saveFailed: (error) => log.error({ error }, 'who may do what in a room could not be written'),
    now,
    changed: () => room.reviewRoles(),
  });
  const history = createHistory({
    audience,
    limits,
    now,
    isCurrent: (run) => runs.isCurrent(run),
    storage: {
      list: () => storage.listRuns(id),
      load: (run) => storage.loadRun(id, run),
      remark: (run, remarks) => storage.remarkRun(id, run, remarks),
      remove: (run) => storage.deleteRun(id, run),
    },
  });
  const groupClock = createGroupClock(audience);
  let begun = stored.run?.record.id;
  const runs = createRuns(
    {
      room: id,
      people,
      audience,
      queue,
      limits,
      now,
      goesOnByItself: () => access.facts().goesOnByItself,
      changed: (run) => {
        history.changed(run);
        if (run.record.id !== begun) groupClock.end();
        begun = run.record.id;
      },
      pastFrames: (run) => history.frames(run),
      save: (change) => storage.saveRun(change),
      saveFailed: (error) => log.error({ error }, 'a run could not be written'),
    },
    stored.run,
  );
  const company = createCompany({ people, audience, limits, now });
  const room = createRoom(id, {
    audience,
    access,
    remove,
    documents: { lab, notes },
    people,
    touches: createTouches(audience),
    groupClock,
    company,
    tries: createTries({ audience, now }),
    cursors: createCursors({ people, sight: (connection) => company.sight(connection) }),
    runs,
    history,
    links: createRoomLinks({
      room: id,
      links,
      people,
      audience,
      notes: notes.doc,
      whole: async (run) => {
        const here = runs.whole(run);
        return here === undefined ? history.whole(run) : ok(here);
      },
      tried: () => history.list(),
      limits,
      now,
    }),
    tickets,
    engine: () => queue.engine,
    pace: () => queue.pace,
    offers: () => queue.offers,
    spared: sparedFrom(stored.usedAt, dependencies),
    now,
  });
  return room;
}

/** When a room that was last used then would have gone, where that is near; null: it is not. */
function sparedFrom(usedAt: number, { limits, now }: RegistryDependencies): number | null {
  const end = usedAt + limits.idleDays * DAY_MS;
  return end - now() < limits.noticeDays * DAY_MS ? end : null;
}

function openDocument(
  { storage, limits, log, now }: RegistryDependencies,
  id: RoomId,
  name: DocumentName,
  { documents, epoch }: StoredRoom,
  wrote?: (person: PersonId) => void,
): LiveDocument {
  const failed = (error: unknown): void => log.error({ error }, 'an edit could not be written; trying again');
  const saver = createSaver(
    {
      append: (update) => storage.append(id, name, update),
      replace: (through, state) => storage.compact(id, name, through, state),
      failed,
      tooLarge: limits.documentLog,
    },
    documents[name],
  );
  const doc = new Y.Doc();
  for (const update of documents[name].updates) Y.applyUpdate(doc, update, FROM_STORAGE);
  const guard = name === 'notes' ? { guard: createNotesGuard(doc) } : {};
  const told = wrote === undefined ? {} : { wrote };
  const document = createDocument(doc, { saver, limits, epoch, now, ...guard, ...told });
  // By now every change goes to disk.
  if (name === 'lab') migrateLab(doc, firstSeed(), 'migration');
  return document;
}
