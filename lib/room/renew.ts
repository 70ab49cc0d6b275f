/**
 * A document begun anew: the same values, without the history behind them. A key that is set again and again grows the document
 * for ever; where most of it is history, a copy takes its place while nobody is there.
 */
import * as Y from 'yjs';
import { agendaOf, labOf } from './lab.ts';

/** bytes; below it nobody waits for a document. */
const WORTHWHILE_BYTES = 64_000;
/** How many times the size of its values a document may have. */
const WORTHWHILE_RATIO = 4;

/** The update that begins it anew; undefined where little would be won. */
export function renewLab(doc: Y.Doc): Uint8Array | undefined {
  const before = Y.encodeStateAsUpdate(doc).length;
  if (before < WORTHWHILE_BYTES) return undefined;
  const update = beginAnew(doc);
  return before > WORTHWHILE_RATIO * update.length ? update : undefined;
}

/** Its values as one update of a document without history. */
export function beginAnew(doc: Y.Doc): Uint8Array {
  const fresh = new Y.Doc();
  fresh.transact(() => {
    copyInto(labOf(fresh), labOf(doc));
    copyInto(agendaOf(fresh), agendaOf(doc));
  });
  return Y.encodeStateAsUpdate(fresh);
}

/** Maps as maps; everything else that the document `lab` holds is a plain value. */
function copyInto(to: Y.Map<unknown>, from: Y.Map<unknown>): void {
  for (const [key, value] of from.entries()) {
    if (value instanceof Y.Map) {
      const map = new Y.Map<unknown>();
      to.set(key, map);
      copyInto(map, value);
    } else if (!(value instanceof Y.AbstractType)) to.set(key, value);
  }
}
