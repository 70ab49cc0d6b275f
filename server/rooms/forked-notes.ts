/** A link's notes as the document `notes` of a new room. */
import { createHash } from 'node:crypto';
import * as Y from 'yjs';
import { idFromBytes, type PersonId, type RunId } from '#lib/base/id';
import type { Link, LinkEntry } from '#lib/link/link';
import type { Anchor } from '#lib/room/anchor';
import { stampAuthor } from '#lib/room/author';
import { FIRST_ITEM } from '#lib/room/lab';
import { PERSON_COLOURS } from '#lib/room/person';
import { editNotes } from '#lib/room/threads';

/** Each under the name that it has in the link: nobody in the new room is one of them. */
export function forkedNotes(link: Link, run: RunId): Uint8Array {
  const doc = new Y.Doc();
  for (const { anchor, replies, ...note } of link.notes) {
    const author = enter(doc, note);
    const { id, at, text } = note;
    editNotes(doc, { type: 'add', id, at, text, anchor: movedTo(link, anchor, run) }, writer(author), 'fork');
    for (const reply of replies) {
      const by = enter(doc, reply);
      editNotes(doc, { type: 'reply', id: reply.id, at: reply.at, text: reply.text, note: id }, writer(by), 'fork');
    }
  }
  return Y.encodeStateAsUpdate(doc);
}

const writer = (person: PersonId) => ({ person, moderates: false });

function enter(doc: Y.Doc, { author }: LinkEntry): PersonId {
  const hash = createHash('sha256')
    .update(`author:${author ?? ''}`)
    .digest();
  const id = idFromBytes<'person'>(hash);
  const colour = (hash[16] ?? 0) % PERSON_COLOURS.length;
  stampAuthor(doc, id, { name: author ?? 'Someone', colour }, 'fork');
  return id;
}

const movedTo = (link: Link, anchor: Anchor | null, run: RunId): Anchor | null =>
  anchor === null
    ? null
    : {
        ...anchor,
        item: anchor.item === link.item ? FIRST_ITEM : anchor.item,
        run: anchor.run === link.run ? run : anchor.run,
      };
