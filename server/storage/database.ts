/**
 * The database itself, as plain synchronous functions: it fsyncs, so it runs in a thread of its own (worker.ts). One connection
 * in one process: libsql carries SQLite 3.45.1, whose write-ahead log has a race between several.
 */
import Database from 'libsql';
import { copyFileSync, existsSync } from 'node:fs';
import type { RoomId } from '#lib/base/id';
import type { RunRecord } from '#lib/runs/record';
import type { MetricsEvent } from '#lib/runs/events';
import { MIGRATIONS } from './schema.ts';
import type { StoredRoom, StoredRun } from './storage.ts';

export interface RoomDatabase {
  /** Everything that `act` does, in one transaction and one fsync. */
  together(act: () => void): void;
  createRoom(room: RoomId, seed: Uint8Array): void;
  loadRoom(room: RoomId): StoredRoom | undefined;
  append(room: RoomId, update: Uint8Array): number;
  compact(room: RoomId, through: number, update: Uint8Array): void;
  putRun(run: StoredRun): void;
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
  const insertRoom = database.prepare('INSERT INTO rooms (id) VALUES (?)');
  const findRoom = database.prepare('SELECT id FROM rooms WHERE id = ?');
  const insertUpdate = database.prepare('INSERT INTO updates (room, position, bytes) VALUES (?, ?, ?)');
  const lastPosition = database.prepare('SELECT max(position) AS last FROM updates WHERE room = ?');
  const listUpdates = database.prepare('SELECT bytes FROM updates WHERE room = ? ORDER BY position');
  const deleteUpdates = database.prepare('DELETE FROM updates WHERE room = ? AND position <= ?');

  const last = (room: RoomId): number => (lastPosition.get(room) as { last: number | null }).last ?? 0;
  const insertAt = (room: RoomId, position: number, update: Uint8Array): number => {
    insertUpdate.run(room, position, Buffer.from(update));
    return position;
  };
  const together = inTransaction(database);
  const runs = runTable(database);

  return {
    together,
    createRoom(room, seed) {
      insertRoom.run(room);
      insertAt(room, 1, seed);
    },
    loadRoom(room) {
      if (findRoom.get(room) === undefined) return undefined;
      return { updates: bytesOf(listUpdates.all(room)), last: last(room), run: runs.newest(room) };
    },
    append: (room, update) => insertAt(room, last(room) + 1, update),
    compact(room, through, update) {
      deleteUpdates.run(room, through);
      insertAt(room, through, update);
    },
    putRun: runs.put,
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
  readonly put: (run: StoredRun) => void;
  readonly newest: (room: RoomId) => StoredRun | undefined;
}

function runTable(database: Database.Database): RunTable {
  const upsert = database.prepare(
    `INSERT INTO runs (id, room, started_at, record, metrics) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET record = excluded.record, metrics = excluded.metrics`,
  );
  const find = database.prepare('SELECT * FROM runs WHERE room = ? ORDER BY started_at DESC, rowid DESC LIMIT 1');
  const insertFrame = database.prepare('INSERT INTO frames (run, place, bytes) VALUES (?, ?, ?)');
  const listFrames = database.prepare('SELECT bytes FROM frames WHERE run = ? ORDER BY place');
  const deleteFrames = database.prepare('DELETE FROM frames WHERE run IN (SELECT id FROM runs WHERE room = ?)');

  return {
    put({ record, metrics, frames }) {
      upsert.run(record.id, record.room, record.startedAt, JSON.stringify(record), JSON.stringify(metrics));
      deleteFrames.run(record.room);
      frames.forEach((frame, place) => insertFrame.run(record.id, place, Buffer.from(frame)));
    },
    newest(room) {
      const row = find.get(room) as { id: string; record: string; metrics: string } | undefined;
      if (row === undefined) return undefined;
      const frames = bytesOf(listFrames.all(row.id));
      return { record: revive(row.record) as RunRecord, metrics: revive(row.metrics) as MetricsEvent[], frames };
    },
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
