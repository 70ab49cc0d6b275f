/**
 * The present run of a room as it grows: what its trainer says of it is checked by `stream.ts`, kept, and told to the room. Whether
 * a browser's tab or this server trains it makes no difference here.
 */
import { ok, type Result } from '#lib/base/result';
import type { Frame } from '#lib/runs/frame';
import type { RunRecord } from '#lib/runs/record';
import type { FrameReply, PublishedEvent } from '#lib/wire/protocol';
import type { Audience } from '../rooms/connection.ts';
import type { Snapshot } from '../storage/storage.ts';
import { createArchive, type ArchiveDependencies } from './archive.ts';
import { withCheckpoint, withEvent, withFrame, type LiveRun } from './stream.ts';
import type { Viewers } from './viewers.ts';

export interface PresentRun {
  /** null: the room has had none. */
  now(): LiveRun | null;
  /** The run after a change. Where its record is another, all are told but the connection it came from. */
  become(run: LiveRun, from: string | null): void;
  /** The run after a change that is not written, and of which nobody need be told. */
  becomeQuietly(run: LiveRun): void;
  /** What the server itself says of it. */
  declare(event: PublishedEvent): void;
  /** What its trainer says of it, at the connection `from`; null: here. */
  hear(run: LiveRun, event: PublishedEvent, from: string | null): Result<null>;
  /** `bytes` is the frame's size. */
  accept(run: LiveRun, frame: Frame, bytes: number): Result<FrameReply>;
  keepCheckpoint(run: LiveRun, checkpoint: Snapshot): Result<null>;
  /** Resolves when everything is on disk. */
  settled(): Promise<void>;
}

export interface PresentRunDependencies extends ArchiveDependencies {
  readonly audience: Audience;
  readonly viewers: Viewers;
  /** A run has begun, or its phase is another. */
  readonly changed: (run: LiveRun) => void;
}

/** `stored` is on disk already. */
export function createPresentRun(dependencies: PresentRunDependencies, stored: LiveRun | null): PresentRun {
  const { audience, viewers, changed } = dependencies;
  const archive = createArchive(dependencies, stored);
  let current = stored;
  /** The frame last sent to all since its run stood still at it. */
  let shownStanding: Frame | null = null;

  function become(run: LiveRun, from: string | null): void {
    const before = current?.record;
    current = run;
    if (run.record === before) return;
    audience.tell(from, 'run', run.record);
    archive.keep(run);
    if (isAnother(before, run.record)) changed(run);
  }

  function hear(run: LiveRun, event: PublishedEvent, from: string | null): Result<null> {
    const next = withEvent(run, event);
    if (!next.ok) return next;
    if (event.type === 'metrics') {
      // A step forward is in the metrics; the record need not be told with it.
      current = next.value;
      audience.tell(from, 'metrics', run.record.id, event);
    } else {
      if (event.type === 'paused' || event.type === 'stopped') showWhereItStands(run);
      become(next.value, from);
    }
    return ok(null);
  }

  /** Nothing comes after it for a while: who was not due for it, or too busy, is sent it now. */
  function showWhereItStands({ newest, holder }: LiveRun): void {
    if (newest === null || newest.kept || newest === shownStanding) return;
    shownStanding = newest;
    viewers.show(newest, holder, true);
  }

  return {
    now: () => current,
    become,
    becomeQuietly(run) {
      current = run;
    },
    declare(event) {
      const next = current === null ? null : withEvent(current, event);
      if (next?.ok === true) become(next.value, null);
    },
    hear,
    accept(run, frame, bytes) {
      const next = withFrame(run, frame, bytes);
      if (!next.ok) return next;
      current = next.value;
      viewers.show(frame, run.holder);
      return ok(viewers.audience(frame.run, run.holder));
    },
    keepCheckpoint(run, checkpoint) {
      const next = withCheckpoint(run, checkpoint);
      if (!next.ok) return next;
      current = next.value;
      archive.keep(current);
      return ok(null);
    },
    async settled() {
      if (current !== null) archive.keep(current);
      await archive.settled();
    },
  };
}

/** For the list of runs: not for every step. */
const isAnother = (before: RunRecord | undefined, { id, status, amendments }: RunRecord): boolean =>
  before?.id !== id || before.status.phase !== status.phase || before.amendments.length !== amendments.length;
