/**
 * A room's runs on disk, as they grow: each save writes what has changed since the last one that succeeded. One is under way at
 * a time; what happens meanwhile is in the next, so that a slow disk makes saves rarer and never longer.
 */
import { encodeFrame, type Frame } from '#lib/runs/frame';
import { pictureOf } from '#lib/runs/kept';
import type { RunChange, Snapshot } from '../storage/storage.ts';
import type { LiveRun } from './stream.ts';

export interface Archive {
  /** Writes the run as it stands, soon. */
  keep(run: LiveRun): void;
  /** Resolves when everything given so far was written, or could not be. */
  settled(): Promise<void>;
}

export interface ArchiveDependencies {
  readonly save: (change: RunChange) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** `stored` is on disk already. */
export function createArchive({ save, failed }: ArchiveDependencies, stored: LiveRun | null): Archive {
  let onDisk = stored;
  let waiting: LiveRun[] = [];
  let writing: Promise<void> | undefined;

  async function write(run: LiveRun): Promise<void> {
    try {
      await save(changeSince(onDisk, run));
      onDisk = run;
    } catch (error) {
      failed(error);
    }
  }

  async function writeAll(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await write(next);
    writing = undefined;
  }

  return {
    keep(run) {
      waiting = [...waiting.filter(({ record }) => record.id !== run.record.id), run];
      writing ??= writeAll();
    },
    settled: async () => {
      await writing;
    },
  };
}

function changeSince(before: LiveRun | null, { record, metrics, timeline, newest, checkpoint }: LiveRun): RunChange {
  const same = before?.record.id === record.id ? before : null;
  const written = new Set<Frame>(same?.timeline.entries.map(({ frame }) => frame));
  const steps = new Set(timeline.entries.map(({ step }) => step));
  return {
    record,
    metrics,
    dropped: (same?.timeline.entries ?? []).map(({ step }) => step).filter((step) => !steps.has(step)),
    added: timeline.entries.filter(({ frame }) => !written.has(frame)).map(({ frame }) => toSnapshot(frame)),
    checkpoint: checkpoint === same?.checkpoint ? null : checkpoint,
    picture: pictureOf(record, newest),
  };
}

const toSnapshot = (frame: Frame): Snapshot => ({ step: frame.step, bytes: encodeFrame(frame) });
