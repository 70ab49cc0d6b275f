'use client';
/** The moment whose weights the next run of this person begins with, where they continue from what they see. */
import type { Source } from '#lib/runs/record';
import { sameWeights } from '#lib/spec/cells';
import { useSession, useShownRunPart, useTime } from '../_session/react.tsx';
import { momentOf } from '../_session/time.ts';

/** null: afresh. */
export function useSource(): Source | null {
  const continues = useTime((state) => state.beginning === 'continue');
  const fits = useFits();
  const run = useShownRunPart((shown) => shown?.record.id ?? null);
  const scrubbed = useTime((state) => (run === null ? null : (momentOf(state, run)?.step ?? null)));
  const reached = useShownRunPart((shown) => shown?.record.status.step ?? 0);
  return continues && fits && run !== null ? { run, step: Math.round(scrubbed ?? reached) } : null;
}

/** Do the weights that are shown fit what the parameters now say? */
export function useFits(): boolean {
  const spec = useShownRunPart((shown) => shown?.record.spec ?? null);
  const proposed = useSession((state) => state.spec);
  return spec !== null && sameWeights(spec, proposed);
}
