'use client';
/** Gives the room the parameters that an earlier run was made of. */
import { experimentOf } from '#lib/experiments/index';
import type { KeptRun } from '#lib/runs/kept';
import { LAB_LIMITS } from '#lib/room/limits';
import { parametersOfRun } from '#lib/spec/parameters-of';
import { useActions, useSession } from '../_session/react.tsx';

/** What writes them; null where no parameters mean the run, or where it would take one more experiment than an agenda has room for. */
export function useRestore(run: Pick<KeptRun, 'id' | 'experiment' | 'spec' | 'amendments'>): (() => void) | null {
  const item = useSession((state) => state.item);
  const agenda = useSession((state) => state.agenda);
  const present = useSession((state) => state.parameters);
  const { set, edit } = useActions();
  const parameters = parametersOfRun(run, present);
  if (parameters === undefined || item === null || experimentOf(run.experiment) === undefined) return null;
  if (item.experiment === run.experiment)
    return () => {
      set(parameters);
    };
  if (agenda.length >= LAB_LIMITS.agenda) return null;
  // Of another experiment: it comes with its own place in the agenda, so that nothing of the present one is lost.
  return () => {
    const position = Math.max(...agenda.map((held) => held.position)) + 1;
    const id = `run-${run.id}-${position}`;
    edit({ type: 'add', item: { id, experiment: run.experiment, label: '', position, set: parameters } });
  };
}
