'use client';
import { isMap } from '../_figures/is-map.ts';
import { useSession, useShownRunPart } from '../_session/react.tsx';

/** What is shown, or would be trained where nothing is, is drawn as a map of its cells. */
export function useIsMapShown(): boolean {
  const proposed = useSession(({ spec }) => isMap(spec));
  return useShownRunPart((run) => (run === null ? null : isMap(run.record.spec))) ?? proposed;
}
