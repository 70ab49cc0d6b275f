/** What an engine is to the loops around it. */
import type { Numbers } from '#lib/base/matrix';
import type { RunSpec } from '#lib/spec/spec';
import type { TrainingState, Weights } from './checkpoint.ts';

/** The arithmetic of an engine, on all instances of one run. One call at a time. */
export interface Stepper {
  /** Trains up to `step`, which is ahead → [I] minibatch loss (mean over features) of the last step, before its update. */
  advance(step: number): Promise<Numbers>;
  /** Of the step reached. The loop copies what it keeps. */
  weights(): Promise<Weights>;
  state(): Promise<TrainingState>;
  /** [I] loss on the evaluation samples. */
  evaluate(): Promise<readonly number[]>;
  dispose(): void;
}

/** Gets an engine ready to go on from `state` at `step` under `spec`, which is another after an amendment. What it throws becomes a `failed` event. */
export type OpenStepper = (spec: RunSpec, step: number, state: TrainingState) => Promise<Stepper>;

/** Training between two looks at the host, ms: a pause is felt at once, and two or three make a frame's interval. */
export const CHUNK_MS = 20;

/** A chunk grows at most this much over what the last one did: one reading of a coarse clock is not to be trusted. */
const CHUNK_GROWTH = 4;

/** The steps of the next chunk, after `done` steps took `elapsed` ms. */
export function nextChunk(done: number, elapsed: number): number {
  const affordable = Math.floor((done * CHUNK_MS) / Math.max(elapsed, Number.MIN_VALUE));
  return Math.max(1, Math.min(affordable, CHUNK_GROWTH * done));
}
