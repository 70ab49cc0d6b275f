/** A link → a new room in which everything of it is: experiment, parameters, the run as it ended, and the notes. */
import { createHash, randomBytes } from 'node:crypto';
import * as Y from 'yjs';
import { idFromBytes, type PersonId, type RoomId, type RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { experimentOf } from '#lib/experiments/index';
import type { Link, LinkEntry } from '#lib/link/link';
import { openLink, tensorOf } from '#lib/link/open';
import type { Anchor } from '#lib/room/anchor';
import { stampAuthor } from '#lib/room/author';
import { FIRST_ITEM, type Seed } from '#lib/room/lab';
import { PERSON_COLOURS } from '#lib/room/person';
import { editNotes } from '#lib/room/threads';
import { encodeFrame } from '#lib/runs/frame';
import { pictureOf } from '#lib/runs/kept';
import { instanceCount } from '#lib/spec/cells';
import { parametersOfRun } from '#lib/spec/parameters-of';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import type { RunChange } from '../storage/storage.ts';

export interface Fork {
  readonly seed: Seed;
  /** The document `notes`; null: there are none. */
  readonly notes: Uint8Array | null;
  /** null: the link does not hold all of its weights. */
  readonly run: (room: RoomId) => RunChange | null;
}

export function forkOf(link: Link): Result<Fork> {
  const parameters = parametersOfRun(link, DEFAULT_PARAMETERS);
  if (experimentOf(link.experiment) === undefined || parameters === undefined)
    return refuse('invalid', 'This link has settings that the controls of a room cannot show.', 'spec');
  const run = idFromBytes<'run'>(randomBytes(16));
  return ok({
    seed: { title: link.title, experiment: link.experiment, parameters },
    notes: link.notes.length === 0 ? null : notesOf(link, run),
    run: (room) => runOf(link, run, room),
  });
}

/** Each under the name that it has in the link: nobody in the new room is one of them. */
function notesOf(link: Link, run: RunId): Uint8Array {
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

/** As it ended, with the one frame of all models that there is. */
function runOf(link: Link, run: RunId, room: RoomId): RunChange | null {
  const { weights, result, spec } = link;
  if (weights.instances.length !== instanceCount(spec)) return null;
  const opened = openLink(link);
  const record = { ...opened.record, id: run, room, trainer: null, place: 'server' as const };
  const frame = {
    run,
    lease: record.lease,
    seq: 0,
    step: result.step,
    from: 0,
    kept: true,
    tensors: weights.tensors.map(tensorOf),
  };
  return {
    record,
    metrics: opened.metrics,
    dropped: [],
    added: [{ step: frame.step, bytes: encodeFrame(frame) }],
    checkpoint: null,
    picture: pictureOf(record, frame),
  };
}
