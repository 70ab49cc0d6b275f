/** Where a run begins that goes on from a moment of another: that moment's weights, with an optimiser that begins anew. */
import { refuse, ok, type Result } from '#lib/base/result';
import { checkpointFrom } from '#lib/engine/initial';
import { encodeCheckpoint } from '#lib/runs/checkpoint-pack';
import type { Frame } from '#lib/runs/frame';
import type { Source } from '#lib/runs/record';
import { isSweepFrame } from '#lib/runs/sweep-frame';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import type { Snapshot } from '../storage/storage.ts';

export interface Origin {
  /** The frame that there is: at the step asked for, or before it. */
  readonly source: Source;
  readonly checkpoint: Snapshot;
}

/** `frames`: what is kept of the source, oldest first. */
export function originFrom(spec: RunSpec, { run, step }: Source, frames: readonly Frame[]): Result<Origin> {
  const frame = frames.findLast((kept) => kept.step <= step);
  if (frame === undefined) return GONE;
  if (isSweep(spec) || isSweepFrame(frame)) return SWEEP;
  if (!isWhole(frame)) return PARTIAL;
  const checkpoint = checkpointFrom(spec, frame.tensors);
  if (checkpoint === undefined) return MISFIT;
  return ok({ source: { run, step: frame.step }, checkpoint: { step: 0, bytes: encodeCheckpoint(checkpoint) } });
}

/** Of a forked link only the best models are there on the way. One that diverged has no number in it at the end either. */
const isWhole = ({ tensors }: Frame): boolean => tensors.every(({ data }) => !data.includes(Number.NaN));

const PARTIAL = refuse(
  'conflict',
  'Not all models have weights at this step: some diverged, or the link that this room began with kept only the best. Go on from another step, or start afresh.',
  'source',
);
const SWEEP = refuse(
  'conflict',
  'A sweep keeps no weights to go on from, and goes on from none. Start afresh.',
  'source',
);
const GONE = refuse('not-found', 'The room no longer has the weights of that run. Start afresh.', 'source');
const MISFIT = refuse(
  'conflict',
  'Another run’s weights fit only a model of the same features, dimensions, densities and replicas. Start afresh.',
  'source',
);
