/** A run that is being trained, and what of it the present parameters would change without beginning anew. */
import type { Result } from '#lib/base/result';
import { isActive, presentSpec } from '#lib/runs/record';
import { changeBetween, type SpecChange } from '#lib/spec/change';
import { ask, LOST, type RoomSocket } from './connection.ts';
import type { SessionState } from './state.ts';

/** undefined: nothing of it, or more than a run can change while it trains, or nobody trains. */
export function pendingChange({ run, spec }: Pick<SessionState, 'run' | 'spec'>): SpecChange | undefined {
  if (run === null || !isActive(run.record.status)) return undefined;
  return changeBetween(presentSpec(run.record), spec);
}

interface ChangeDependencies {
  readonly socket: RoomSocket;
  readonly state: () => SessionState;
  readonly fail: (answer: Result<unknown>) => void;
}

/** Asks the trainer for it. Where there is nothing to change, nothing is asked. */
export async function changeRun({ socket, state, fail }: ChangeDependencies): Promise<void> {
  const change = pendingChange(state());
  const { run } = state();
  if (change === undefined || run === null) return;
  fail((await ask(socket, 'amend', { run: run.record.id, change })) ?? LOST);
}
