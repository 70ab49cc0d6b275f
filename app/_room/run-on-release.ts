'use client';
/**
 * "What if S = 0.8?": where training takes a few seconds at most, a knob that is let go of trains at once, and everyone sees it form
 * again. A run that is longer, or that takes long already, waits for a press on Run: nobody's work is thrown away by a gesture.
 */
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { workOf } from '#lib/engine/work';
import { isActive, isStale, type RunPlace, type RunRecord } from '#lib/runs/record';
import type { RunSpec } from '#lib/spec/spec';
import { mayRun, paceAt } from '../_session/may.ts';
import { onMemory, rememberRunsOnRelease, runsOnRelease } from '../_session/memory.ts';
import { createPaced, type Paced } from '../_session/paced.ts';
import type { SessionState } from '../_session/state.ts';
import { useActions, useNow, useSession } from '../_session/react.tsx';

/** s that a run may take to be begun by a gesture */
const SHORT_S = 5;

/** Vector instructions a second where the pace is not known: half of a laptop's core. */
const USUAL_PACE = 2e9;

/** ms between two runs that are begun so: an arrow key held down is one question, not thirty */
const INTERVAL_MS = 800;

/** No machine is taken for slower: the pace is measured in some milliseconds, in which it may have been busy with something else. */
const SLOWEST_PACE = 1e9;

export const isShort = (spec: RunSpec, pace: number | null): boolean =>
  workOf(spec) / Math.max(SLOWEST_PACE, pace ?? USUAL_PACE) <= SHORT_S;

/** May a run of other parameters take the place of the room's without being asked for by name? */
export const givesWay = (run: RunRecord | null, specHash: string, pace: number | null): boolean => {
  if (run === null) return true;
  // Its trainer may be back in a moment.
  if (!isStale(run, specHash) || run.status.phase === 'orphaned') return false;
  return !isActive(run.status) || (run.status.phase !== 'paused' && isShort(run.spec, pace));
};

/** Of an engine that was asked for by name nothing is known: TensorFlow.js takes a hundred times as long. */
const isShortAt = (place: RunPlace, state: SessionState): boolean =>
  (place === 'server' ? state.serverChoice : state.browserChoice) === null && isShort(state.spec, paceAt(place)(state));

export interface RunOnRelease {
  readonly on: boolean;
  readonly turn: (on: boolean) => void;
  /** What is set now takes too long for it. */
  readonly tooLong: boolean;
  /** A knob was let go of. */
  readonly released: () => void;
}

export function useRunOnRelease(place: RunPlace): RunOnRelease {
  const { run } = useActions();
  const now = useNow();
  const on = useSyncExternalStore(onMemory, runsOnRelease, () => true);
  const spec = useSession((state) => state.spec);
  const pace = useSession(paceAt(place));
  const named = useSession(
    ({ browserChoice, serverChoice }) => (place === 'browser' ? browserChoice : serverChoice) !== null,
  );
  const tooLong = useMemo(() => named || !isShort(spec, pace), [named, spec, pace]);
  const begin = (): void => {
    const { state, time } = now();
    const present = state.run?.record ?? null;
    const wanted = runsOnRelease() && time.beginning === 'afresh' && mayRun(state);
    if (wanted && isShortAt(place, state) && givesWay(present, state.specHash, paceAt(place)(state)))
      void run(place, null);
  };
  const soon = useSpaced(begin, INTERVAL_MS);
  // Let go of before it was turned on, a knob asks nothing.
  const released = useCallback(() => {
    if (runsOnRelease()) soon();
  }, [soon]);
  return useMemo(() => ({ on, turn: rememberRunsOnRelease, tooLong, released }), [on, tooLong, released]);
}

/** `act` as it is when its time comes: at once, or when `interval` ms are over since the last time. Always the same function. */
function useSpaced(act: () => void, interval: number): () => void {
  const latest = useRef(act);
  const paced = useRef<Paced<null> | null>(null);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const made = createPaced(
      null,
      () => {
        latest.current();
      },
      interval,
    );
    paced.current = made;
    return made.cancel;
  }, [interval]);
  return useCallback(() => paced.current?.writeSoon(null), []);
}
