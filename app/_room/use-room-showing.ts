'use client';
/** The run as it is shown to this viewer: live with everybody, at a step of one's own choosing, or where the group is. */
import { useCallback, useMemo } from 'react';
import { useShowing, type Formation, type Shown } from '../_figures/use-showing.ts';
import { useSession, useTime, useTimeActions } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { momentAt, momentOf } from '../_session/time.ts';

export interface RoomShowing {
  readonly shown: Shown | null;
  /** The step that this viewer went back to, or is taken to; null: live. */
  readonly scrubbed: number | null;
  /** null returns to live. */
  readonly onScrub: (step: number | null) => void;
}

export function useRoomShowing(run: RunView | null): RoomShowing {
  const clockOffset = useSession((state) => state.clockOffset);
  const serverNow = useCallback(() => Date.now() + clockOffset, [clockOffset]);
  const id = run?.record.id;
  // A new run is watched from its start, wherever one was in the last.
  const scrubbed = useTime((state) => momentOf(state, id)?.step ?? null);
  const { go } = useTimeActions();
  const shown = useShowing(useFormation(run), scrubbed, serverNow);
  const onScrub = (step: number | null): void => {
    go(step === null || id === undefined ? null : momentAt(id, step));
  };
  return { shown, scrubbed, onScrub };
}

export function useFormation(run: RunView | null): Formation | null {
  return useMemo(() => {
    if (run === null) return null;
    const { record, timeline, latest, bestTimeline } = run;
    const { id, spec, startedAt, status } = record;
    return { id, spec, startedAt, paused: status.phase === 'paused', timeline, latest, bestTimeline };
  }, [run]);
}
