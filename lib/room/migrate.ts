/** Brings a document `lab` to the form that this version writes. By the server, when it loads the room. */
import type * as Y from 'yjs';
import { labOf, readLab, seedLab, type Seed } from './lab.ts';

/** Only adds keys: a browser that was offline may merge what it wrote in the form before. */
export type Migration = (doc: Y.Doc) => void;

/** `MIGRATIONS[s - 1]` takes a document from schema s to s + 1. One that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [];

/**
 * One transaction, or none where there is nothing to do. A schema from the future is left as it is: what this version knows of it
 * is still there. `seed` is for a room without any experiment: two people may have removed the last two at the same moment.
 */
export function migrateLab(
  doc: Y.Doc,
  seed: Seed,
  origin: unknown,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  doc.transact(() => {
    const held = labOf(doc).get('schema');
    // Whoever may write the document may write anything there.
    const schema = isSchema(held) ? held : 1;
    if (readLab(doc)?.agenda.length === 0) seedAgain(doc, seed, origin);
    for (const migrate of migrations.slice(schema - 1)) migrate(doc);
    const now = Math.max(schema, migrations.length + 1);
    if (labOf(doc).get('schema') !== now) labOf(doc).set('schema', now);
  }, origin);
}

const isSchema = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** The room keeps its name. */
function seedAgain(doc: Y.Doc, seed: Seed, origin: unknown): void {
  const title = readLab(doc)?.title ?? '';
  seedLab(doc, title === '' ? seed : { ...seed, title }, origin);
}
