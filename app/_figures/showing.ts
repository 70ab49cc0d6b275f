/** The showing as pure functions: which step everyone sees at a moment, and how the best replica comes at the end. */
import { SHOWING_MS, shownStep } from '#lib/runs/clock';
import { clamp } from './scales.ts';

/** The glide from the replica shown while training to the best one, and its turn to the usual orientation, ms. */
export const REVEAL_MS = 1_400;

export interface Moment {
  readonly step: number;
  /** 0 while the shown replica forms; grows to 1 as it becomes the best one. */
  readonly reveal: number;
}

/** What a showing is of, as far as time goes. */
export interface ShownRun {
  readonly id: string;
  /** ms on the server's clock */
  readonly startedAt: number;
  readonly steps: number;
  /** The newest step with a frame. */
  readonly latest: number;
  readonly paused: boolean;
  /** The best replicas are known and their frames are here. */
  readonly finished: boolean;
}

/** One run's showing as one viewer has seen it so far. */
export interface ShowingClock {
  readonly run: string;
  /** ms on the server's clock at which the showing would have begun, pauses not counted */
  readonly origin: number;
  /** ms since origin */
  readonly elapsed: number;
  /** Elapsed when this viewer first knew of the end; 0 when it was there before the viewer. */
  readonly finishedAt: number | null;
}

/** Far behind any showing, ms. */
const SKIPPED = 1e9;

export const startClock = (run: ShownRun): ShowingClock => ({
  run: run.id,
  origin: run.startedAt,
  elapsed: 0,
  finishedAt: run.finished ? 0 : null,
});

/** The clock at `now` (server's, ms). A paused run holds it at its own step, so that going on resumes the showing there. */
export function advance(clock: ShowingClock, run: ShownRun, now: number): ShowingClock {
  const origin = run.paused ? now - elapsedAt(run.latest, run.steps) : clock.origin;
  const elapsed = now - origin;
  // Who has skipped ahead is not shown the reveal either.
  const seenAt = elapsed >= SKIPPED ? 0 : elapsed;
  return { ...clock, origin, elapsed, finishedAt: run.finished ? (clock.finishedAt ?? seenAt) : null };
}

/** Straight to the newest: a viewer who has seen enough, or asks for less motion. */
export const skip = (clock: ShowingClock, now: number): ShowingClock => ({
  ...clock,
  origin: now - SKIPPED,
  elapsed: SKIPPED,
  finishedAt: clock.finishedAt === null ? null : 0,
});

export function momentOf(clock: ShowingClock, run: ShownRun): Moment {
  const step = shownStep(clock.elapsed, run.steps, run.latest);
  if (clock.finishedAt === null) return { step, reveal: 0 };
  const begins = Math.max(SHOWING_MS, clock.finishedAt);
  return { step, reveal: clamp((clock.elapsed - begins) / REVEAL_MS, 0, 1) };
}

/** True when nothing will move until something arrives. */
export const atRest = (clock: ShowingClock, run: ShownRun): boolean =>
  run.paused || (clock.elapsed >= SHOWING_MS && (!run.finished || momentOf(clock, run).reveal === 1));

/** Position 0 … 1 of a step on a timeline that is even in log(step + 1), as the kept frames are; and back. */
export const timelinePosition = (step: number, steps: number): number => Math.log(step + 1) / Math.log(steps + 1);
export const timelineStep = (position: number, steps: number): number => Math.round(betweenSteps(position, steps));

/** Where a hand is, which glides from one step to the next. */
export const betweenSteps = (position: number, steps: number): number => (steps + 1) ** clamp(position, 0, 1) - 1;

/** The inverse of `shownStep`: ms into a showing of `steps` at which `step` is due. */
export const elapsedAt = (step: number, steps: number): number => SHOWING_MS * timelinePosition(step, steps);

/** Slow, fast, slow: 0 … 1 → 0 … 1 */
export const ease = (t: number): number => t * t * (3 - 2 * t);
