/** Storage that ends with the process: for tests. */
import type { RoomId } from '#lib/base/id';
import { present } from '#lib/base/assert';
import type { Access } from '#lib/room/access';
import type { MetricsEvent } from '#lib/runs/events';
import { isActive, type RunRecord } from '#lib/runs/record';
import type { DocumentName } from '#lib/wire/protocol';
import {
  CHECKPOINTS_KEPT,
  type RunChange,
  type Snapshot,
  type Storage,
  type StoredDocument,
  type StoredRun,
} from './storage.ts';

interface HeldRoom {
  updates: { document: DocumentName; position: number; update: Uint8Array }[];
  last: number;
  run: HeldRun | undefined;
  access: Access;
  epoch: number;
  usedAt: number;
}

interface HeldRun {
  record: RunRecord;
  metrics: readonly MetricsEvent[];
  /** Ascending. */
  frames: readonly Snapshot[];
  checkpoints: readonly Snapshot[];
}

export function createMemoryStorage(): Storage {
  const rooms = new Map<RoomId, HeldRoom>();
  const held = (room: RoomId): HeldRoom => present(rooms.get(room), `room ${room}`);

  return {
    createRoom: settle((room: RoomId, seed: Uint8Array, access: Access) => {
      if (rooms.has(room)) throw new Error(`room ${room} exists`);
      rooms.set(room, {
        updates: [{ document: 'lab', position: 1, update: seed.slice() }],
        last: 1,
        run: undefined,
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
          run: found.run && stored(found.run),
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
      found.run = changeRun(found.run, structuredClone(change));
    }),
    roomsTrainedHere: settle(() => [...rooms].flatMap(([id, { run }]) => (run && isTrainedHere(run) ? [id] : []))),
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
    close: () => Promise.resolve(),
  };
}

function documentOf({ updates }: HeldRoom, document: DocumentName): StoredDocument {
  const rows = updates.filter((row) => row.document === document);
  return { updates: rows.map(({ update }) => update), last: rows.at(-1)?.position ?? 0 };
}

function changeRun(before: HeldRun | undefined, change: RunChange): HeldRun {
  const { record, metrics, dropped, added, checkpoint } = change;
  const same = before?.record.id === record.id ? before : undefined;
  const frames = (same?.frames ?? []).filter(({ step }) => !dropped.includes(step));
  const checkpoints = put(same?.checkpoints ?? [], checkpoint === null ? [] : [checkpoint]);
  return { record, metrics, frames: put(frames, added), checkpoints: checkpoints.slice(-CHECKPOINTS_KEPT) };
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
