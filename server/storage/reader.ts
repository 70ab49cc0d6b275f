/**
 * The database as its operator reads it, beside a server that may be writing: by a connection that can only read, so that it never
 * takes part in what libsql's SQLite 3.45.1 leaves to one connection (see database.ts).
 */
import Database from 'libsql';
import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import * as Y from 'yjs';
import type { RoomId } from '#lib/base/id';
import { readLab } from '#lib/room/lab';
import { MIGRATIONS } from './schema.ts';

/** What an operator is told of a room. */
export interface RoomLine {
  readonly room: RoomId;
  readonly title: string;
  /** ms since 1970: when somebody last opened it. */
  readonly usedAt: number;
  /** Of its documents, frames and checkpoints. */
  readonly bytes: number;
}

/**
 * A consistent copy of `file` in `copy`, on disk when it returns, for this user alone: the ids in it open rooms. Throws a sentence
 * for the operator, and leaves no half of a copy.
 */
export function copyDatabase(file: string, copy: string): void {
  withReader(file, (database) => {
    if (existsSync(copy)) throw new Error(`${copy} is there already: name a file that is not.`);
    writeFileSync(copy, '', { flag: 'wx', mode: 0o600 });
    try {
      database.prepare('VACUUM INTO ?').run(copy);
      sync(copy);
    } catch (error) {
      rmSync(copy, { force: true });
      throw error;
    }
  });
}

function sync(file: string): void {
  const handle = openSync(file, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Every room, the one opened last first. */
export const listRooms = (file: string): readonly RoomLine[] =>
  withReader(file, (database) => {
    if (versionOf(database) < MIGRATIONS.length)
      throw new Error(`${file} is of an older version of Polytope: start the server once, which brings it forward.`);
    const updates = database.prepare(`SELECT bytes FROM updates WHERE room = ? AND document = 'lab' ORDER BY position`);
    const lines = database.prepare(LINES).all() as Omit<RoomLine, 'title'>[];
    return lines.map((line) => ({ ...line, title: titleOf(updates.all(line.room) as { bytes: Buffer }[]) }));
  });

const LINES = `
  SELECT id AS room, used_at AS usedAt,
    (SELECT coalesce(sum(length(bytes)), 0) FROM updates WHERE room = rooms.id) +
    (SELECT coalesce(sum(length(bytes)), 0) FROM frames WHERE run IN (SELECT id FROM runs WHERE room = rooms.id)) +
    (SELECT coalesce(sum(length(bytes)), 0) FROM checkpoints WHERE run IN (SELECT id FROM runs WHERE room = rooms.id))
    AS bytes
  FROM rooms ORDER BY used_at DESC, id`;

/** Throws a sentence for the operator where the file is not a database that this version can use. */
export function checkDatabase(file: string): void {
  withReader(file, (database) => {
    const [{ integrity_check: verdict } = { integrity_check: 'nothing' }] = database
      .prepare('PRAGMA integrity_check')
      .all() as { integrity_check: string }[];
    if (verdict !== 'ok') throw new Error(`${file} is damaged: ${verdict}.`);
    const version = versionOf(database);
    if (version < 1) throw new Error(`${file} is no database of Polytope.`);
    if (version > MIGRATIONS.length)
      throw new Error(`${file} was written by a newer version of Polytope; use that one.`);
  });
}

const versionOf = (database: Database.Database): number =>
  (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;

function withReader<T>(file: string, read: (database: Database.Database) => T): T {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  const database = new Database(file, { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

function titleOf(updates: readonly { bytes: Buffer }[]): string {
  const doc = new Y.Doc();
  try {
    for (const { bytes } of updates) Y.applyUpdate(doc, new Uint8Array(bytes));
  } catch {
    return '';
  }
  return readLab(doc)?.title ?? '';
}
