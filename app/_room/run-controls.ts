'use client';
/** What the Run button and its neighbours do at the moment: one table for the bar and for the keyboard. */
import { isActive, isStale, type RunPlace, type RunRecord } from '#lib/runs/record';
import { mayRun } from '../_session/may.ts';
import { useSource } from '../_time/use-source.ts';
import { useActions, useSession } from '../_session/react.tsx';

export interface RunControls {
  readonly allowed: boolean;
  /** The run is going: the button pauses it. */
  readonly going: boolean;
  readonly label: 'Run' | 'Continue' | 'Pause';
  readonly toggle: () => void;
  readonly step: () => void;
  readonly reset: () => void;
  readonly newSeed: () => void;
}

export function useRunControls(place: RunPlace): RunControls {
  const actions = useActions();
  // Answers, not the record: it changes with every step, and whoever uses this would be drawn again with it.
  const going = useSession(({ run }) => isGoing(run?.record ?? null));
  const continues = useSession(({ run, specHash }) => canContinue(run?.record ?? null, specHash));
  const source = useSource();
  const allowed = useSession(mayRun);
  return {
    allowed,
    going,
    label: going ? 'Pause' : continues ? 'Continue' : 'Run',
    toggle: () => void (going ? actions.pause() : actions.run(place, source())),
    step: () => void actions.step(place),
    reset: () => void actions.reset(place),
    newSeed: () => void actions.newSeed(place),
  };
}

export const isGoing = (record: RunRecord | null): boolean =>
  record !== null && isActive(record.status) && record.status.phase !== 'paused';

/** Paused past its start, and still what the parameters say. */
const canContinue = (record: RunRecord | null, specHash: string): boolean =>
  record?.status.phase === 'paused' && record.status.step > 0 && !isStale(record, specHash);
