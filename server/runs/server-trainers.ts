/** Runs that this server trains, in all rooms together: each is a process, so their number is bounded. */
import type { EngineName, RunEvent } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';
import type { Compute, ComputeRun } from '../compute/compute.ts';

export interface ServerTrainers {
  readonly engine: EngineName;
  /** False when one more would be too many, `ending` no longer counted. */
  hasRoom(ending: ServerTraining | undefined): boolean;
  start(spec: RunSpec, onEvent: (event: RunEvent) => void, target: number): ServerTraining;
}

export type ServerTraining = ComputeRun;

export function createServerTrainers(compute: Compute, most: number): ServerTrainers {
  const busy = new Set<ServerTraining>();

  return {
    engine: compute.engine,
    hasRoom: (ending) => busy.size - (ending !== undefined && busy.has(ending) ? 1 : 0) < most,
    start(spec, onEvent, target) {
      const run = compute.start(spec, heard, { target });
      const training: ServerTraining = {
        setTarget: (next) => run.setTarget(next),
        kill() {
          busy.delete(training);
          run.kill();
        },
      };
      // Events come after `start` has returned.
      function heard(event: RunEvent): void {
        if (isLast(event)) busy.delete(training);
        onEvent(event);
      }
      busy.add(training);
      return training;
    },
  };
}

const isLast = ({ type }: RunEvent): boolean => type === 'finished' || type === 'stopped' || type === 'failed';
