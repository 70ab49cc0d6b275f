/** A run as it is kept on disk, and back. */
import { SERVER_HOLDER } from '#lib/room/decide';
import { decodeFrame, encodeFrame } from '#lib/runs/frame';
import { applyToRecord } from '#lib/runs/record';
import { keep } from '#lib/runs/timeline';
import type { StoredRun } from '../storage/storage.ts';
import { newRun, type LiveRun } from './stream.ts';

export const toStored = ({ record, metrics, timeline }: LiveRun): StoredRun => ({
  record,
  metrics,
  frames: timeline.entries.map(({ frame }) => encodeFrame(frame)),
});

/** A run that was being trained when the server died went with it: its frames were not written yet. */
export function fromStored({ record, metrics, frames }: StoredRun): LiveRun {
  const message = 'The server stopped unexpectedly while this run was trained. Press Run to train it again.';
  const ended = applyToRecord(record, { type: 'failed', step: record.status.step, message });
  const run = { ...newRun(ended, { number: 0, holder: SERVER_HOLDER }, 0), metrics };
  return frames.reduce<LiveRun>(withStoredFrame, run);
}

function withStoredFrame(run: LiveRun, bytes: Uint8Array): LiveRun {
  const decoded = decodeFrame(bytes);
  if (!decoded.ok) return run;
  const frame = decoded.value;
  const timeline = keep(run.timeline, { step: frame.step, bytes: bytes.byteLength, frame });
  return { ...run, timeline, newest: frame };
}
