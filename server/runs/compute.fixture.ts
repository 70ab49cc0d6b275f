/** A compute cranked by hand: tests say what its trainers emit, and see what they were asked. */
import type { RunEvent } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';
import type { Compute } from '../compute/compute.ts';

export interface CrankedRun {
  readonly spec: RunSpec;
  readonly targets: (number | 'stop')[];
  killed: boolean;
  readonly emit: (event: RunEvent) => void;
}

export interface CrankedCompute extends Compute {
  readonly started: CrankedRun[];
}

export function createCrankedCompute(): CrankedCompute {
  const started: CrankedRun[] = [];
  return {
    engine: { name: 'cranked', device: 'by hand' },
    started,
    start(spec, onEvent, { target = spec.steps } = {}) {
      const run: CrankedRun = {
        spec,
        targets: [target],
        killed: false,
        emit: (event) => {
          if (!run.killed) onEvent(event);
        },
      };
      started.push(run);
      return {
        setTarget: (next) => void run.targets.push(next),
        kill: () => {
          run.killed = true;
        },
      };
    },
    close: () => Promise.resolve(),
  };
}
