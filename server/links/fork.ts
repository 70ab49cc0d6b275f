/** A link → a new room in which everything of it is: experiment, parameters, the run as it ended, and the notes. */
import { randomBytes } from 'node:crypto';
import { idFromBytes, type RoomId, type RunId } from '#lib/base/id';
import { rowOf } from '#lib/base/matrix';
import { ok, refuse, type Result } from '#lib/base/result';
import { experimentOf } from '#lib/experiments/index';
import type { Link } from '#lib/link/link';
import { openLink } from '#lib/link/open';
import { tensorOf } from '#lib/link/pack';
import type { Seed } from '#lib/room/lab';
import { encodeFrame, type Frame } from '#lib/runs/frame';
import { pictureOf } from '#lib/runs/kept';
import type { RunRecord } from '#lib/runs/record';
import { instanceCount } from '#lib/spec/cells';
import { parametersOfRun } from '#lib/spec/parameters-of';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { forkedNotes } from '../rooms/forked-notes.ts';
import { isSweep } from '#lib/spec/tiles';
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
    notes: link.notes.length === 0 ? null : forkedNotes(link, run),
    run: (room) => runOf(link, run, room),
  });
}

/**
 * As it ended, with the one frame of all models that there is, and on its way to there the best of each cell. What no link holds of the
 * others is NaN: nothing shows it, and no run begins with it (`server/runs/origin`). A sweep has the last frame of each tile, as its room did.
 */
function runOf(link: Link, run: RunId, room: RoomId): RunChange | null {
  const { record: told, metrics, timeline } = openLink(link);
  const record = { ...told, id: run, room, trainer: null, place: 'server' as const };
  const frames = isSweep(link.spec)
    ? timeline.entries.map(({ frame }) => ({ ...frame, run, lease: record.lease }))
    : framesOf(link, record);
  const end = frames.at(-1);
  if (end === undefined) return null;
  return {
    record,
    metrics,
    dropped: [],
    added: frames.map((frame) => ({ step: frame.step, bytes: encodeFrame(frame) })),
    checkpoint: null,
    picture: pictureOf(record, end),
  };
}

/** None where the link does not hold all of its weights. */
function framesOf(link: Link, { id: run, lease }: RunRecord): readonly Frame[] {
  const { weights, result, spec } = link;
  if (weights.instances.length !== instanceCount(spec)) return [];
  const end = {
    run,
    lease,
    seq: 0,
    step: result.step,
    from: 0,
    kept: true,
    tensors: weights.tensors.map(tensorOf),
  };
  return [...wayTo(link, end), end];
}

/** The link's timeline but for its end, in frames of all instances. */
function wayTo({ spec, timeline }: Link, end: Frame): readonly Frame[] {
  const tensors = timeline.tensors.map(tensorOf);
  return timeline.steps.slice(0, -1).map((step, at) => ({
    ...end,
    step,
    tensors: tensors.map(({ name, shape: [, cells = 0, ...each], data }) => {
      const size = each.reduce((product, extent) => product * extent, 1);
      const whole = new Float32Array(instanceCount(spec) * size).fill(Number.NaN);
      timeline.instances.forEach((instance, cell) => {
        whole.set(rowOf(data, at * cells + cell, size), instance * size);
      });
      return { name, shape: [instanceCount(spec), ...each], data: whole };
    }),
  }));
}
