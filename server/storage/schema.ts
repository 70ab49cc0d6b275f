/** The tables, version by version: `MIGRATIONS[v]` takes a database from version v to v + 1, and version 0 is an empty file. One that was released is never changed. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE rooms (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL DEFAULT (unixepoch())
  ) STRICT;
  CREATE TABLE updates (
    room TEXT NOT NULL REFERENCES rooms (id),
    position INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (room, position)
  ) STRICT;
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    room TEXT NOT NULL REFERENCES rooms (id),
    started_at INTEGER NOT NULL,
    record TEXT NOT NULL,
    metrics TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_of_room ON runs (room, started_at);
  CREATE TABLE frames (
    run TEXT NOT NULL REFERENCES runs (id),
    place INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (run, place)
  ) STRICT;
  `,
  // A frame's place is its step from here on; before, it was its number among the kept ones.
  `
  CREATE TABLE checkpoints (
    run TEXT NOT NULL REFERENCES runs (id),
    step INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (run, step)
  ) STRICT;
  UPDATE runs SET record = json_set(record, '$.lease', 1, '$.handOver', NULL, '$.trainer', NULL);
  UPDATE runs SET record = json_set(record, '$.trainer', json(json_extract(record, '$.startedBy')))
    WHERE json_extract(record, '$.place') = 'browser';
  ALTER TABLE updates ADD COLUMN document TEXT NOT NULL DEFAULT 'lab';
  ALTER TABLE rooms ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE rooms ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
  UPDATE rooms SET used_at = 1000 * unixepoch();
  ALTER TABLE rooms ADD COLUMN access TEXT NOT NULL DEFAULT
    '{"epoch":1,"defaultRole":"editor","ownerKey":null,"invites":[],"given":{},"goesOnByItself":false}';
  `,
  `
  UPDATE runs SET record = json_set(record, '$.amendments', json('[]'), '$.source', NULL);
  UPDATE runs SET record = json_set(record, '$.presentHash', json_extract(record, '$.specHash'));
  `,
  `
  ALTER TABLE runs ADD COLUMN name TEXT;
  ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN picture BLOB;
  `,
  // A link outlives its room.
  `
  CREATE TABLE links (
    id TEXT PRIMARY KEY,
    room TEXT,
    owner_key TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    title TEXT NOT NULL,
    superseded_by TEXT,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX links_of_room ON links (room, made_at);
  `,
];
