/** A room's runs are its history: what the list of them shows, and how far it may grow. */
import { bestReplicas } from './best.ts';
import { DRAWN_MATRIX, encodeFrame, sliceFrame, type Frame } from './frame.ts';
import { isActive, type RunRecord, type RunStatus } from './record.ts';
import { isSweepFrame } from './sweep-frame.ts';

/** What people say of a run, whatever became of it. */
export interface Remarks {
  /** null: it has none. */
  readonly name: string | null;
  /** It stays, with its timeline, however many come after it. */
  readonly pinned: boolean;
}

/** One of the room's runs, as its list shows it: everything of the record but what one model has of its own. */
export interface KeptRun extends Remarks, Omit<RunRecord, 'room' | 'status' | 'lease' | 'handOver' | 'engine'> {
  readonly phase: RunStatus['phase'];
  readonly step: number;
}

export const KEPT_LIMITS = {
  /** runs of a room whose records and losses are kept, the pinned ones besides */
  runs: 100,
  /** pinned runs of a room: with a full timeline each, three quarters of what a room may hold */
  pinned: 12,
  /** bytes of all timelines of a room; beyond it, those of the oldest runs go, pinned ones last */
  timelines: 256_000_000,
  /** characters of a run's name */
  name: 80,
  /** bytes of a run's picture in the list: a hundred of them come at once */
  picture: 4_096,
} as const;

export function keptRun(record: RunRecord, { name, pinned }: Remarks): KeptRun {
  const { id, experiment, spec, specHash, amendments, presentHash, source, startedBy, startedAt, place, trainer } =
    record;
  const { phase, step } = record.status;
  const what = {
    id,
    experiment,
    spec,
    specHash,
    amendments,
    presentHash,
    source,
    startedBy,
    startedAt,
    place,
    trainer,
  };
  return { ...what, name, pinned, phase, step };
}

/**
 * A run's last frame, encoded, as its picture: W (W1 of an untied model) of the best replica of each cell where they are known, of the first elsewhere; of
 * one cell where all would be too much; null where that is, too.
 */
export function pictureOf({ spec, status }: RunRecord, newest: Frame | null): Uint8Array | null {
  if (newest === null || isActive(status) || isSweepFrame(newest)) return null;
  const cells = (newest.tensors[0]?.shape[0] ?? 0) / spec.replicas;
  const best = status.phase === 'finished' ? bestReplicas(status.evaluationLoss, spec.replicas) : [];
  const instances = Array.from({ length: cells }, (_, cell) => cell * spec.replicas + (best[cell]?.replica ?? 0));
  const middle = instances.slice(Math.floor(cells / 2)).slice(0, 1);
  for (const chosen of [instances, middle]) {
    const bytes = encodeFrame(sliceFrame(newest, DRAWN_MATRIX, chosen));
    if (chosen.length > 0 && bytes.length <= KEPT_LIMITS.picture) return bytes;
  }
  return null;
}
