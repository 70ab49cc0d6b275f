/** A compute cranked by hand: tests say what its trainers emit, and see what they were asked. */
import type { Checkpoint, EngineOffer, RunEvent } from '#lib/runs/events';
import type { Amendment, SpecChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';
import type { Compute, RunListener } from '../compute/compute.ts';

export interface CrankedRun {
  readonly spec: RunSpec;
  readonly targets: (number | 'stop')[];
  readonly from: Checkpoint | undefined;
  readonly amendments: readonly Amendment[];
  readonly engine: string | undefined;
  readonly changes: SpecChange[];
  killed: boolean;
  readonly emit: (event: RunEvent) => void;
  readonly lose: RunListener['lost'];
}

export interface CrankedCompute extends Compute {
  readonly started: CrankedRun[];
  /** What it has to offer from now on. */
  offer(offers: readonly EngineOffer[]): void;
}

/** `stops`: told to, they stop by themselves; else that is cranked, too. */
export function createCrankedCompute(stops = true): CrankedCompute {
  const started: CrankedRun[] = [];
  let offers: readonly EngineOffer[] = [
    { name: 'cranked', missing: null },
    { name: 'absent', missing: 'There is no crank for it.' },
  ];
  let tellOffers: Parameters<Compute['onOffers']>[0] = () => undefined;
  return {
    engine: { name: 'cranked', device: 'by hand' },
    pace: null,
    get offers() {
      return offers;
    },
    onOffers(hear) {
      tellOffers = hear;
    },
    offer(next) {
      offers = next;
      tellOffers(next);
    },
    slots: Infinity,
    started,
    start(spec, { event: hear, lost }, { target = spec.steps, from, amendments = [], engine } = {}) {
      const run: CrankedRun = {
        spec,
        targets: [target],
        from,
        amendments,
        engine,
        changes: [],
        killed: false,
        emit: (event) => {
          if (!run.killed) hear(event);
        },
        lose: (...words) => {
          if (!run.killed) lost(...words);
        },
      };
      started.push(run);
      return {
        setTarget: (next) => {
          run.targets.push(next);
          if (stops && next === 'stop') setImmediate(() => run.emit({ type: 'stopped', step: 0 }));
        },
        amend: (change) => void run.changes.push(change),
        kill: () => {
          run.killed = true;
        },
      };
    },
    close: () => Promise.resolve(),
  };
}
