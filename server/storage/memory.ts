/** Storage that ends with the process: for tests. */
import type { RoomId, RunId } from '#lib/base/id';
import type { LinkId } from '#lib/link/link';
import { present } from '#lib/base/assert';
import type { Access } from '#lib/room/access';
import type { MetricsEvent } from '#lib/runs/events';
import { KEPT_LIMITS, type Remarks } from '#lib/runs/kept';
import { isActive, type RunRecord } from '#lib/runs/record';
import { TIMELINE_BYTES } from '#lib/runs/timeline';
import type { DocumentName } from '#lib/wire/protocol';
import {
  CHECKPOINTS_KEPT,
  type RunChange,
  type Snapshot,
  type Storage,
  type StoredDocument,
  type StoredLink,
  type StoredRun,
} from './storage.ts';

interface HeldRoom {
  updates: { document: DocumentName; position: number; update: Uint8Array }[];
  last: number;
  /** Newest first. */
  runs: readonly HeldRun[];
  access: Access;
  epoch: number;
  usedAt: number;
}

interface HeldRun extends Remarks {
  picture: Uint8Array | null;
  record: RunRecord;
  metrics: readonly MetricsEvent[];
  /** Ascending. */
  frames: readonly Snapshot[];
  checkpoints: readonly Snapshot[];
}

export function createMemoryStorage(): Storage {
  const rooms = new Map<RoomId, HeldRoom>();
  const links = new Map<LinkId, StoredLink>();
  const held = (room: RoomId): HeldRoom => present(rooms.get(room), `room ${room}`);

  return {
    createRoom: settle((room: RoomId, seed: Uint8Array, access: Access) => {
      if (rooms.has(room)) throw new Error(`room ${room} exists`);
      rooms.set(room, {
        updates: [{ document: 'lab', position: 1, update: seed.slice() }],
        last: 1,
        runs: [],
        access,
        epoch: 1,
        usedAt: Date.now(),
      });
    }),
    loadRoom: settle((room: RoomId) => {
      const found = rooms.get(room);
      return (
        found && {
          documents: { lab: documentOf(found, 'lab'), notes: documentOf(found, 'notes') },
          run: found.runs[0] && stored(found.runs[0]),
          access: found.access,
          epoch: found.epoch,
          usedAt: found.usedAt,
        }
      );
    }),
    append: settle((room: RoomId, document: DocumentName, update: Uint8Array) => {
      const found = held(room);
      found.last += 1;
      found.updates.push({ document, position: found.last, update: update.slice() });
      return found.last;
    }),
    compact: settle((room: RoomId, document: DocumentName, through: number, update: Uint8Array) => {
      const found = held(room);
      const left = found.updates.filter((row) => row.document !== document || row.position > through);
      const compacted = { document, position: through, update: update.slice() };
      found.updates = [...left, compacted].sort((a, b) => a.position - b.position);
    }),
    renew: settle((room: RoomId, update: Uint8Array) => {
      const found = held(room);
      found.last += 1;
      found.epoch = Math.max(found.epoch + 1, Math.floor(Date.now() / 1_000));
      const others = found.updates.filter(({ document }) => document !== 'lab');
      found.updates = [...others, { document: 'lab', position: found.last, update: update.slice() }];
      return found.epoch;
    }),
    saveAccess: settle((room: RoomId, access: Access) => {
      held(room).access = structuredClone(access);
    }),
    deleteRoom: settle((room: RoomId) => {
      rooms.delete(room);
    }),
    saveRun: settle((change: RunChange) => {
      const found = held(change.record.room);
      const { id } = change.record;
      const before = found.runs.find(({ record }) => record.id === id);
      const changed = changeRun(before, structuredClone(change));
      found.runs =
        before === undefined
          ? makeRoom(changed, found.runs)
          : found.runs.map((run) => (run === before ? changed : run));
    }),
    listRuns: settle((room: RoomId) =>
      held(room).runs.map(({ record, name, pinned, picture }) => ({ record, name, pinned, picture })),
    ),
    loadRun: settle((room: RoomId, id: RunId) => {
      const found = held(room).runs.find(({ record }) => record.id === id);
      return found && stored(found);
    }),
    remarkRun: settle((room: RoomId, id: RunId, remarks: Remarks) => {
      const found = held(room);
      found.runs = found.runs.map((run) => (run.record.id === id ? { ...run, ...remarks } : run));
    }),
    deleteRun: settle((room: RoomId, id: RunId) => {
      const found = held(room);
      found.runs = found.runs.filter(({ record }) => record.id !== id);
    }),
    roomsTrainedHere: settle(() =>
      [...rooms].flatMap(
        ([
          id,
          {
            runs: [newest],
          },
        ]) => (newest && isTrainedHere(newest) ? [id] : []),
      ),
    ),
    markUsed: settle((room: RoomId, at: number) => {
      const found = held(room);
      found.usedAt = Math.max(found.usedAt, at);
    }),
    forgiveAbsence: settle((since: number, at: number) => {
      const all = [...rooms.values()];
      if (all.every(({ usedAt }) => usedAt < since)) for (const room of all) room.usedAt = Math.max(room.usedAt, at);
    }),
    roomsIdleSince: settle((before: number) =>
      [...rooms]
        .filter(([, { usedAt }]) => usedAt < before)
        .sort(([, a], [, b]) => a.usedAt - b.usedAt)
        .map(([room]) => room),
    ),
    saveLink: settle((link: StoredLink, supersedes: LinkId | null) => {
      if (links.has(link.id)) return false;
      links.set(link.id, structuredClone(link));
      const earlier = supersedes === null ? undefined : links.get(supersedes);
      if (earlier !== undefined) links.set(earlier.id, { ...earlier, supersededBy: link.id });
      return true;
    }),
    loadLink: settle((id: LinkId) => links.get(id)),
    listLinks: settle((room: RoomId) =>
      [...links.values()]
        .filter((link) => link.room === room)
        .sort((a, b) => b.madeAt - a.madeAt)
        .map(({ id, title, madeAt, supersededBy }) => ({ id, title, madeAt, supersededBy })),
    ),
    supersedeLink: settle((id: LinkId, by: LinkId) => {
      const link = links.get(id);
      if (link !== undefined) links.set(id, { ...link, supersededBy: by });
    }),
    deleteLink: settle((id: LinkId) => {
      links.delete(id);
    }),
    close: () => Promise.resolve(),
  };
}

function documentOf({ updates }: HeldRoom, document: DocumentName): StoredDocument {
  const rows = updates.filter((row) => row.document === document);
  return { updates: rows.map(({ update }) => update), last: rows.at(-1)?.position ?? 0 };
}

function changeRun(before: HeldRun | undefined, change: RunChange): HeldRun {
  const { record, metrics, dropped, added, checkpoint, picture } = change;
  const { name = null, pinned = false } = before ?? {};
  const frames = (before?.frames ?? []).filter(({ step }) => !dropped.includes(step));
  const checkpoints = put(before?.checkpoints ?? [], checkpoint === null ? [] : [checkpoint]);
  const kept = checkpoints.slice(-CHECKPOINTS_KEPT);
  return { record, metrics, name, pinned, picture, frames: put(frames, added), checkpoints: kept };
}

/** The room's runs with a new one, and without what is beyond the limits. */
function makeRoom(added: HeldRun, others: readonly HeldRun[]): readonly HeldRun[] {
  const runs = [added, ...others].filter((run, place) => place < KEPT_LIMITS.runs || run.pinned);
  let total = TIMELINE_BYTES;
  const whole = new Set<HeldRun>([added]);
  for (const run of runs.slice(1).sort((a, b) => Number(b.pinned) - Number(a.pinned))) {
    total += run.frames.reduce((bytes, frame) => bytes + frame.bytes.length, 0);
    if (total <= KEPT_LIMITS.timelines) whole.add(run);
  }
  return runs.map((run) => ({
    ...run,
    frames: whole.has(run) ? run.frames : [],
    checkpoints: run === added ? run.checkpoints : [],
  }));
}

/** A snapshot of the same step takes the place of the one before. */
function put(held: readonly Snapshot[], added: readonly Snapshot[]): readonly Snapshot[] {
  const bySteps = new Map([...held, ...added].map((snapshot) => [snapshot.step, snapshot]));
  return [...bySteps.values()].sort((a, b) => a.step - b.step);
}

const stored = ({ record, metrics, frames, checkpoints }: HeldRun): StoredRun => ({
  record,
  metrics,
  frames: frames.map(({ bytes }) => bytes),
  checkpoints: checkpoints.map(({ bytes }) => bytes).reverse(),
});

const isTrainedHere = ({ record }: HeldRun): boolean => record.place === 'server' && isActive(record.status);

/** What throws, rejects: as with a storage that is elsewhere. */
const settle =
  <A extends unknown[], R>(act: (...args: A) => R) =>
  (...args: A): Promise<R> =>
    Promise.resolve().then(() => act(...args));
