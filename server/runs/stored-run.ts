/** A run as it was on disk, in memory again. */
import { decodeFrame } from '#lib/runs/frame';
import { isActive } from '#lib/runs/record';
import { keep } from '#lib/runs/timeline';
import type { Snapshot, StoredRun } from '../storage/storage.ts';
import { newRun, readCheckpoint, type LiveRun } from './stream.ts';

/** Held by nobody. It may go as far as before the server ended: a paused run stays where it is. */
export function fromStored({ record, metrics, frames, checkpoints }: StoredRun): LiveRun {
  const { status, spec } = record;
  const target = isActive(status) && status.phase !== 'paused' ? spec.steps : status.step;
  const run: LiveRun = { ...newRun(record, NOBODY, target), metrics, checkpoint: newestOf(record, checkpoints) };
  return frames.reduce<LiveRun>(withStoredFrame, run);
}

/** No connection has this id. */
const NOBODY = '';

/** The newest that can be read. */
function newestOf({ spec }: StoredRun['record'], checkpoints: readonly Uint8Array[]): Snapshot | null {
  for (const bytes of checkpoints) {
    const read = readCheckpoint(spec, bytes);
    if (read.ok) return { step: read.value.step, bytes };
  }
  return null;
}

function withStoredFrame(run: LiveRun, bytes: Uint8Array): LiveRun {
  const decoded = decodeFrame(bytes);
  if (!decoded.ok) return run;
  const frame = decoded.value;
  const timeline = keep(run.timeline, { step: frame.step, bytes: bytes.byteLength, frame });
  return { ...run, timeline, newest: frame };
}
