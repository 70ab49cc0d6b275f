/** Runs that this server trains, in all rooms together: each is a process, so their number is bounded. */
import type { EngineName, RunEvent } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';
import type { Compute, ComputeOptions, ComputeRun, RunListener } from '../compute/compute.ts';

export interface ServerTrainers {
  readonly engine: EngineName;
  /** False when one more would be too many. One that ends for it is not counted. */
  hasRoom(oneEnds: boolean): boolean;
  start(spec: RunSpec, listener: RunListener, options: ComputeOptions): ServerTraining;
}

export type ServerTraining = ComputeRun;

export function createServerTrainers(compute: Compute, most: number): ServerTrainers {
  const busy = new Set<ServerTraining>();

  return {
    engine: compute.engine,
    hasRoom: (oneEnds) => busy.size - (oneEnds ? 1 : 0) < most,
    start(spec, { event, lost }, options) {
      const run = compute.start(spec, { event: heard, lost: lostRun }, options);
      const training: ServerTraining = {
        setTarget: (next) => run.setTarget(next),
        amend: (change) => run.amend(change),
        kill() {
          busy.delete(training);
          run.kill();
        },
      };
      // Events come after `start` has returned.
      function heard(next: RunEvent): void {
        if (isLast(next)) busy.delete(training);
        event(next);
      }
      function lostRun(what: string): void {
        busy.delete(training);
        lost(what);
      }
      busy.add(training);
      return training;
    },
  };
}

export const isLast = ({ type }: RunEvent): boolean => type === 'finished' || type === 'stopped' || type === 'failed';
