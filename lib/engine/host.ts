/** A trainer's host that is steered by calls: what the browser, the server's child process and the command line share. */
import type { Checkpoint } from '#lib/runs/events';
import type { TrainerHost } from './trainer.ts';

export interface SteeredHost extends TrainerHost {
  readonly setTarget: (target: number | 'stop') => void;
}

export interface HostOptions {
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  /** Resolves once timers, sockets and frames have had their turn. */
  readonly breathe: () => Promise<void>;
  /** Without it, training goes on to the end. */
  readonly target?: number;
  readonly from?: Checkpoint;
}

export function createTrainerHost({ now, breathe, target = Infinity, from }: HostOptions): SteeredHost {
  let current: number | 'stop' = target;
  const waiting: (() => void)[] = [];
  return {
    now,
    breathe,
    target: () => current,
    targetChanged: () => new Promise((resolve) => waiting.push(resolve)),
    ...(from === undefined ? {} : { from }),
    setTarget: (next) => {
      current = next;
      for (const resume of waiting.splice(0)) resume();
    },
  };
}
