/** Links in the database: written once, superseded and deleted, never changed. */
import type Database from 'libsql';
import type { RoomId } from '#lib/base/id';
import type { LinkId } from '#lib/link/link';
import type { LinkLine, StoredLink } from './storage.ts';

export interface LinkTable {
  saveLink(link: StoredLink, supersedes: LinkId | null): boolean;
  loadLink(link: LinkId): StoredLink | undefined;
  listLinks(room: RoomId): readonly LinkLine[];
  supersedeLink(link: LinkId, by: LinkId): void;
  deleteLink(link: LinkId): void;
}

interface Row extends LinkLine {
  readonly room: RoomId | null;
  readonly ownerKey: string;
  readonly bytes: Buffer;
}

const LINE = 'id, title, made_at AS madeAt, superseded_by AS supersededBy';

export function linkTable(database: Database.Database): LinkTable {
  const insert = database.prepare(
    `INSERT INTO links (id, room, owner_key, made_at, title, superseded_by, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  const find = database.prepare(`SELECT ${LINE}, room, owner_key AS ownerKey, bytes FROM links WHERE id = ?`);
  const list = database.prepare(`SELECT ${LINE} FROM links WHERE room = ? ORDER BY made_at DESC, rowid DESC`);
  const supersede = database.prepare('UPDATE links SET superseded_by = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM links WHERE id = ?');
  return {
    saveLink({ id, room, ownerKey, madeAt, title, supersededBy, bytes }, supersedes) {
      const { changes } = insert.run(id, room, ownerKey, madeAt, title, supersededBy, Buffer.from(bytes));
      if (changes > 0 && supersedes !== null) supersede.run(id, supersedes);
      return changes > 0;
    },
    loadLink(id) {
      const row = find.get(id) as Row | undefined;
      if (row === undefined) return undefined;
      // libsql puts its own measurements on a row.
      const { room, ownerKey, madeAt, title, supersededBy, bytes } = row;
      return { id, room, ownerKey, madeAt, title, supersededBy, bytes: new Uint8Array(bytes) };
    },
    listLinks: (room) =>
      (list.all(room) as LinkLine[]).map(({ id, title, madeAt, supersededBy }) => ({
        id,
        title,
        madeAt,
        supersededBy,
      })),
    supersedeLink: (id, by) => void supersede.run(by, id),
    deleteLink: (id) => void remove.run(id),
  };
}
