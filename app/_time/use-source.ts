'use client';
/** The moment whose weights the next run of this person begins with, where they continue from what they see. */
import type { Source } from '#lib/runs/record';
import { sameWeights } from '#lib/spec/cells';
import { useNow, useSession, useShownRunPart } from '../_session/react.tsx';
import { momentOf } from '../_session/time.ts';

/** Tells it when it is asked; null: afresh. */
export function useSource(): () => Source | null {
  const now = useNow();
  return () => {
    const { state, time, shown } = now();
    if (time.beginning === 'afresh' || shown === null || !sameWeights(shown.record.spec, state.spec)) return null;
    const { id, status } = shown.record;
    return { run: id, step: Math.round(momentOf(time, id)?.step ?? status.step) };
  };
}

/** Do the weights that are shown fit what the parameters now say? */
export function useFits(): boolean {
  const spec = useShownRunPart((shown) => shown?.record.spec ?? null);
  const proposed = useSession((state) => state.spec);
  return spec !== null && sameWeights(spec, proposed);
}
