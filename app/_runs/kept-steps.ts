/** The steps of a run that one can look at, and where along them one is. */
import type { RunView } from '../_session/state.ts';

type Kept = Pick<RunView, 'timeline' | 'bestTimeline' | 'latest'>;

/** Those whose frames are kept, and the newest, ascending. */
export function keptStepsOf({ timeline, bestTimeline, latest }: Kept): readonly number[] {
  const best = bestTimeline?.entries ?? [];
  const kept = (best.length > 0 ? best : timeline.entries).map(({ step }) => step);
  const newest = best.length > 0 ? -1 : (latest?.step ?? -1);
  return newest > (kept.at(-1) ?? -1) ? [...kept, newest] : kept;
}

/** Index of the last one up to `step`; null, or a step that has not been reached: the newest. */
export function indexOfStep(kept: readonly number[], step: number | null): number {
  const newest = Math.max(0, kept.length - 1);
  return step === null
    ? newest
    : Math.max(
        0,
        kept.findLastIndex((each) => each <= step),
      );
}
