/**
 * The database itself, as plain synchronous functions: it fsyncs, so it runs in a thread of its own (worker.ts). One connection
 * in one process: libsql carries SQLite 3.45.1, whose write-ahead log has a race between several.
 */
import Database from 'libsql';
import { copyFileSync, existsSync } from 'node:fs';
import type { RoomId, RunId } from '#lib/base/id';
import type { Access } from '#lib/room/access';
import { KEPT_LIMITS, type Remarks } from '#lib/runs/kept';
import type { RunRecord } from '#lib/runs/record';
import { TIMELINE_BYTES } from '#lib/runs/timeline';
import type { MetricsEvent } from '#lib/runs/events';
import type { DocumentName } from '#lib/wire/protocol';
import { linkTable, type LinkTable } from './link-table.ts';
import { MIGRATIONS } from './schema.ts';
import {
  CHECKPOINTS_KEPT,
  type RunChange,
  type Snapshot,
  type StoredDocument,
  type StoredLine,
  type StoredRoom,
  type StoredRun,
} from './storage.ts';

export interface RoomDatabase extends LinkTable {
  /** Everything that `act` does, in one transaction and one fsync. */
  together(act: () => void): void;
  createRoom(room: RoomId, seed: Uint8Array, access: Access): void;
  renew(room: RoomId, update: Uint8Array): number;
  saveAccess(room: RoomId, access: Access): void;
  deleteRoom(room: RoomId): void;
  loadRoom(room: RoomId): StoredRoom | undefined;
  append(room: RoomId, document: DocumentName, update: Uint8Array): number;
  compact(room: RoomId, document: DocumentName, through: number, update: Uint8Array): void;
  saveRun(change: RunChange): void;
  listRuns(room: RoomId): readonly StoredLine[];
  loadRun(room: RoomId, run: RunId): StoredRun | undefined;
  remarkRun(room: RoomId, run: RunId, remarks: Remarks): void;
  deleteRun(room: RoomId, run: RunId): void;
  roomsTrainedHere(): readonly RoomId[];
  markUsed(room: RoomId, at: number): void;
  forgiveAbsence(since: number, at: number): void;
  roomsIdleSince(before: number): readonly RoomId[];
  close(): void;
}

/** Throws an error whose message is for the operator where the file cannot be used; then nothing in it was changed. */
export function openDatabase(file: string, migrations: readonly string[] = MIGRATIONS): RoomDatabase {
  try {
    const database = new Database(file);
    refuseNewer(database, migrations.length);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    migrate(database, file, migrations);
    return roomDatabase(database);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The database ${file} cannot be used: ${reason}.`, { cause: error });
  }
}

function refuseNewer(database: Database.Database, known: number): void {
  if (versionOf(database) <= known) return;
  database.close();
  throw new Error('it was written by a newer version of Polytope; start that version, or set another DATA_DIR');
}

/** All the way in one transaction, after a copy was made. */
function migrate(database: Database.Database, file: string, migrations: readonly string[]): void {
  const version = versionOf(database);
  if (version === migrations.length) return;
  if (version > 0) backUp(database, file, version);
  const steps = migrations.slice(version).join('');
  database.exec(`BEGIN IMMEDIATE; ${steps} PRAGMA user_version = ${migrations.length}; COMMIT;`);
}

const versionOf = (database: Database.Database): number =>
  (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;

/** Beside the database, named after its version; a copy that is there already is not overwritten. */
function backUp(database: Database.Database, file: string, version: number): void {
  const copy = `${file}.version-${version}`;
  if (existsSync(copy)) return;
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  copyFileSync(file, copy);
}

function roomDatabase(database: Database.Database): RoomDatabase {
  const insertRoom = database.prepare('INSERT INTO rooms (id, access, used_at) VALUES (?, ?, 1000 * unixepoch())');
  const findRoom = database.prepare('SELECT access, epoch, used_at AS usedAt FROM rooms WHERE id = ?');
  // Seconds since 1970 where that is more: after a restored backup, no number that a browser knows comes again.
  const nextEpoch = database.prepare(
    'UPDATE rooms SET epoch = max(epoch + 1, unixepoch()) WHERE id = ? RETURNING epoch',
  );
  const updateAccess = database.prepare('UPDATE rooms SET access = ? WHERE id = ?');
  const updateUse = database.prepare('UPDATE rooms SET used_at = max(used_at, ?) WHERE id = ?');
  const forgive = database.prepare(
    'UPDATE rooms SET used_at = max(used_at, ?) WHERE (SELECT max(used_at) FROM rooms) < ?',
  );
  const listIdle = database.prepare('SELECT id FROM rooms WHERE used_at < ? ORDER BY used_at');
  // What refers to a row goes before it.
  const deletions = [
    'DELETE FROM frames WHERE run IN (SELECT id FROM runs WHERE room = ?)',
    'DELETE FROM checkpoints WHERE run IN (SELECT id FROM runs WHERE room = ?)',
    'DELETE FROM runs WHERE room = ?',
    'DELETE FROM updates WHERE room = ?',
    'DELETE FROM rooms WHERE id = ?',
  ].map((statement) => database.prepare(statement));
  const insertUpdate = database.prepare('INSERT INTO updates (room, position, document, bytes) VALUES (?, ?, ?, ?)');
  const lastPosition = database.prepare('SELECT max(position) AS last FROM updates WHERE room = ?');
  const listUpdates = database.prepare(
    'SELECT position, bytes FROM updates WHERE room = ? AND document = ? ORDER BY position',
  );
  const deleteUpdates = database.prepare('DELETE FROM updates WHERE room = ? AND document = ? AND position <= ?');

  const last = (room: RoomId): number => (lastPosition.get(room) as { last: number | null }).last ?? 0;
  const insertAt = (room: RoomId, document: DocumentName, position: number, update: Uint8Array): number => {
    insertUpdate.run(room, position, document, Buffer.from(update));
    return position;
  };
  const documentOf = (room: RoomId, document: DocumentName): StoredDocument => {
    const rows = listUpdates.all(room, document) as { position: number; bytes: Buffer }[];
    return { updates: bytesOf(rows), last: rows.at(-1)?.position ?? 0 };
  };
  const together = inTransaction(database);
  const runs = runTable(database);

  return {
    together,
    createRoom(room, seed, access) {
      insertRoom.run(room, JSON.stringify(access));
      insertAt(room, 'lab', 1, seed);
    },
    loadRoom(room) {
      const found = findRoom.get(room) as { access: string; epoch: number; usedAt: number } | undefined;
      if (found === undefined) return undefined;
      const access = JSON.parse(found.access) as Access;
      const documents = { lab: documentOf(room, 'lab'), notes: documentOf(room, 'notes') };
      const { epoch, usedAt } = found;
      return { documents, run: runs.newest(room), access, epoch, usedAt };
    },
    append: (room, document, update) => insertAt(room, document, last(room) + 1, update),
    compact(room, document, through, update) {
      deleteUpdates.run(room, document, through);
      insertAt(room, document, through, update);
    },
    renew(room, update) {
      const position = last(room);
      deleteUpdates.run(room, 'lab', position);
      insertAt(room, 'lab', position + 1, update);
      return (nextEpoch.get(room) as { epoch: number }).epoch;
    },
    saveAccess: (room, access) => void updateAccess.run(JSON.stringify(access), room),
    deleteRoom(room) {
      for (const statement of deletions) statement.run(room);
    },
    saveRun: runs.save,
    listRuns: runs.list,
    loadRun: runs.load,
    remarkRun: runs.remark,
    deleteRun: runs.remove,
    roomsTrainedHere: runs.roomsTrainedHere,
    markUsed: (room, at) => void updateUse.run(at, room),
    forgiveAbsence: (since, at) => void forgive.run(at, since),
    ...linkTable(database),
    roomsIdleSince: (before) => (listIdle.all(before) as { id: RoomId }[]).map(({ id }) => id),
    close: () => {
      database.close();
    },
  };
}

/** Nested calls belong to the transaction around them. */
function inTransaction(database: Database.Database): (act: () => void) => void {
  return (act) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      act();
      database.exec('COMMIT');
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
}

interface RunTable {
  readonly save: (change: RunChange) => void;
  readonly newest: (room: RoomId) => StoredRun | undefined;
  readonly list: (room: RoomId) => readonly StoredLine[];
  readonly load: (room: RoomId, run: RunId) => StoredRun | undefined;
  readonly remark: (room: RoomId, run: RunId, remarks: Remarks) => void;
  readonly remove: (room: RoomId, run: RunId) => void;
  readonly roomsTrainedHere: () => readonly RoomId[];
}

function runTable(database: Database.Database): RunTable {
  const upsert = database.prepare(
    `INSERT INTO runs (id, room, started_at, record, metrics, picture) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET record = excluded.record, metrics = excluded.metrics, picture = excluded.picture`,
  );
  const newestOf = 'SELECT * FROM runs WHERE room = ? ORDER BY started_at DESC, rowid DESC LIMIT 1';
  const findNewest = database.prepare(newestOf);
  const findActive = database.prepare(
    `SELECT room, id FROM runs WHERE json_extract(record, '$.place') = 'server'
     AND json_extract(record, '$.status.phase') IN ('starting', 'running', 'paused')`,
  );
  const isKnown = database.prepare('SELECT 1 FROM runs WHERE id = ?');
  const oldest = database.prepare(
    `SELECT id FROM runs WHERE room = ?1 AND pinned = 0 AND id <> ?2 AND id NOT IN
     (SELECT id FROM runs WHERE room = ?1 ORDER BY started_at DESC, rowid DESC LIMIT ${KEPT_LIMITS.runs})`,
  );
  const sizes = database.prepare(
    `SELECT id, (SELECT coalesce(sum(length(bytes)), 0) FROM frames WHERE run = runs.id) AS bytes
     FROM runs WHERE room = ?1 AND id <> ?2 ORDER BY pinned DESC, started_at DESC, rowid DESC`,
  );
  const find = database.prepare('SELECT * FROM runs WHERE room = ? AND id = ?');
  const list = database.prepare(
    'SELECT record, name, pinned, picture FROM runs WHERE room = ? ORDER BY started_at DESC, rowid DESC',
  );
  const remark = database.prepare('UPDATE runs SET name = ?, pinned = ? WHERE room = ? AND id = ?');
  const deleteRow = database.prepare('DELETE FROM runs WHERE id = ?');
  const frames = snapshotTable(database, 'frames', 'place');
  const checkpoints = snapshotTable(database, 'checkpoints', 'step');

  const read = (row: RunRow): StoredRun => ({
    record: revive(row.record) as RunRecord,
    metrics: revive(row.metrics) as MetricsEvent[],
    frames: frames.list(row.id),
    checkpoints: checkpoints.list(row.id).reverse(),
  });

  /** What refers to a row goes before it. */
  function remove(run: string): void {
    for (const table of [frames, checkpoints]) table.clear(run);
    deleteRow.run(run);
  }

  /** With a new run, the room makes room for it. */
  function makeRoom(room: RoomId, run: string): void {
    checkpoints.clearOthers(room, run);
    for (const { id } of oldest.all(room, run) as { id: string }[]) remove(id);
    let total = TIMELINE_BYTES;
    for (const { id, bytes } of sizes.all(room, run) as { id: string; bytes: number }[]) {
      total += bytes;
      if (total > KEPT_LIMITS.timelines) frames.clear(id);
    }
  }

  return {
    save({ record, metrics, dropped, added, checkpoint, picture }) {
      const isNew = isKnown.get(record.id) === undefined;
      const values = [JSON.stringify(record), JSON.stringify(metrics), picture && Buffer.from(picture)];
      upsert.run(record.id, record.room, record.startedAt, ...values);
      if (isNew) makeRoom(record.room, record.id);
      for (const step of dropped) frames.forget(record.id, step);
      for (const frame of added) frames.put(record.id, frame);
      if (checkpoint === null) return;
      checkpoints.put(record.id, checkpoint);
      checkpoints.keepNewest(record.id, CHECKPOINTS_KEPT);
    },
    newest(room) {
      const row = findNewest.get(room) as RunRow | undefined;
      return row && read(row);
    },
    list: (room) =>
      (list.all(room) as LineRow[]).map(({ record, name, pinned, picture }) => ({
        record: revive(record) as RunRecord,
        name,
        pinned: pinned === 1,
        picture: picture && new Uint8Array(picture),
      })),
    load(room, run) {
      const row = find.get(room, run) as RunRow | undefined;
      return row && read(row);
    },
    remark: (room, run, { name, pinned }) => void remark.run(name, pinned ? 1 : 0, room, run),
    remove(room, run) {
      if (find.get(room, run) !== undefined) remove(run);
    },
    roomsTrainedHere() {
      const rows = findActive.all() as { room: RoomId; id: string }[];
      return rows.filter(({ room, id }) => (findNewest.get(room) as { id: string }).id === id).map(({ room }) => room);
    },
  };
}

interface RunRow {
  readonly id: string;
  readonly record: string;
  readonly metrics: string;
}

interface LineRow extends Pick<RunRow, 'record'> {
  readonly name: string | null;
  readonly pinned: number;
  readonly picture: Buffer | null;
}

interface SnapshotTable {
  readonly put: (run: string, snapshot: Snapshot) => void;
  readonly forget: (run: string, step: number) => void;
  readonly clear: (run: string) => void;
  /** Those of the room's other runs. */
  readonly clearOthers: (room: RoomId, run: string) => void;
  readonly keepNewest: (run: string, count: number) => void;
  /** Oldest first. */
  readonly list: (run: string) => Uint8Array[];
}

/** Bytes by run and step; `step` is the name of that column. */
function snapshotTable(database: Database.Database, table: string, step: string): SnapshotTable {
  const put = database.prepare(`INSERT OR REPLACE INTO ${table} (run, ${step}, bytes) VALUES (?, ?, ?)`);
  const forget = database.prepare(`DELETE FROM ${table} WHERE run = ? AND ${step} = ?`);
  const clear = database.prepare(`DELETE FROM ${table} WHERE run = ?`);
  const clearOthers = database.prepare(
    `DELETE FROM ${table} WHERE run IN (SELECT id FROM runs WHERE room = ? AND id <> ?)`,
  );
  const keepNewest = database.prepare(
    `DELETE FROM ${table} WHERE run = ?1 AND ${step} NOT IN
     (SELECT ${step} FROM ${table} WHERE run = ?1 ORDER BY ${step} DESC LIMIT ?2)`,
  );
  const list = database.prepare(`SELECT bytes FROM ${table} WHERE run = ? ORDER BY ${step}`);
  return {
    put: (run, snapshot) => void put.run(run, snapshot.step, Buffer.from(snapshot.bytes)),
    forget: (run, at) => void forget.run(run, at),
    clear: (run) => void clear.run(run),
    clearOthers: (room, run) => void clearOthers.run(room, run),
    keepNewest: (run, count) => void keepNewest.run(run, count),
    list: (run) => bytesOf(list.all(run)),
  };
}

const bytesOf = (rows: unknown[]): Uint8Array[] =>
  (rows as { bytes: Buffer }[]).map(({ bytes }) => new Uint8Array(bytes));

const LOSSES = ['loss', 'evaluationLoss'];

/** JSON has no NaN: a loss that diverged is written as null. */
const revive = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) =>
    LOSSES.includes(key) && Array.isArray(value) ? value.map((loss: number | null) => loss ?? Number.NaN) : value,
  );
