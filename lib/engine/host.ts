/** A trainer's host that is steered by calls: what the browser, the server's child process and the command line share. */
import type { Checkpoint } from '#lib/runs/events';
import type { Amendment, SpecChange } from '#lib/spec/change';
import type { TrainerHost } from './trainer.ts';

export interface SteeredHost extends TrainerHost {
  readonly setTarget: (target: number | 'stop') => void;
  /** Asks for a change of the spec, to be made at the next look. */
  readonly amend: (change: SpecChange) => void;
}

export interface HostOptions {
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  /** Resolves once timers, sockets and frames have had their turn. */
  readonly breathe: () => Promise<void>;
  /** Without it, training goes on to the end. */
  readonly target?: number;
  readonly from?: Checkpoint;
  readonly amendments?: readonly Amendment[];
}

export function createTrainerHost({ now, breathe, target = Infinity, from, amendments }: HostOptions): SteeredHost {
  let current: number | 'stop' = target;
  const changes: SpecChange[] = [];
  const waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const resume of waiting.splice(0)) resume();
  };
  return {
    now,
    breathe,
    target: () => current,
    targetChanged: () => new Promise((resolve) => waiting.push(resolve)),
    nextChange: () => changes.shift(),
    ...(from === undefined ? {} : { from }),
    ...(amendments === undefined ? {} : { amendments }),
    setTarget: (next) => {
      current = next;
      wake();
    },
    amend: (change) => {
      changes.push(change);
      wake();
    },
  };
}
