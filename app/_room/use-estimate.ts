import { useMemo } from 'react';
import { workOf } from '#lib/engine/work';
import type { RunPlace } from '#lib/runs/record';
import { paceAt } from '../_session/may.ts';
import { useSession } from '../_session/react.tsx';
import { aboutSeconds } from './words.ts';

/** Of a run as it is set now: "about 4 s"; empty where the pace of what would train it is not known. */
export function useEstimate(place: RunPlace): string {
  const spec = useSession((state) => state.spec);
  const pace = useSession(paceAt(place));
  return useMemo(() => {
    const seconds = pace === null ? Infinity : workOf(spec) / pace;
    return Number.isFinite(seconds) ? aboutSeconds(seconds) : '';
  }, [spec, pace]);
}
