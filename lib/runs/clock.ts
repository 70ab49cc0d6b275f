/** The showing: everyone watches a run form at one pace, however fast it trained. */
import { exp, log } from '#lib/base/ieee';

/** A fast run is shown over this long, ms: slower than a pentagon forms, faster than patience ends. */
export const SHOWING_MS = 3_000;

/**
 * The step to show `elapsed` ms after a run's start, of a run of `steps`: log-spaced over the showing, and never past
 * `latest`, the newest step there is. So a fast run is shown over three seconds, and a long one live.
 */
export function shownStep(elapsed: number, steps: number, latest: number): number {
  const progress = Math.min(1, Math.max(0, elapsed / SHOWING_MS));
  const due = progress === 1 ? steps : exp(progress * log(steps + 1)) - 1;
  return Math.min(due, latest);
}
