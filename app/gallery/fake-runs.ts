/** Runs that a room has had, without a server: for looking at the list. */
import type { Id } from '#lib/base/id';
import { keptRun, type KeptRun } from '#lib/runs/kept';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { specHash } from '#lib/spec/hash';
import type { PastRunsState } from '../_session/past-runs.ts';
import { frozenRun, frozenTimeline } from './frozen.ts';

const HOUR_MS = 3_600_000;

interface Fake {
  readonly id: string;
  readonly name: string | null;
  readonly pinned: boolean;
  /** ms */
  readonly ago: number;
  readonly set: Partial<Parameters>;
}

const FAKES: readonly Fake[] = [
  { id: 'three', name: null, pinned: false, ago: HOUR_MS, set: {} },
  { id: 'two', name: 'The pentagon, at last', pinned: true, ago: 3 * HOUR_MS, set: { seed: 7, steps: 20_000 } },
  { id: 'one', name: null, pinned: false, ago: 50 * HOUR_MS, set: { output: 'linear', weightDecay: 0.05 } },
];

function fakeRun({ id, name, pinned, ago, set }: Fake, now: number): KeptRun {
  const { record } = frozenRun(now - ago, false);
  const spec = resolve({ ...DEFAULT_PARAMETERS, ...set });
  const hash = specHash(spec);
  const remarks = { name, pinned };
  return keptRun({ ...record, id: id as Id<'run'>, spec, specHash: hash, presentHash: hash }, remarks);
}

export function fakeRuns(now: number): PastRunsState {
  const last = frozenTimeline(1).entries.at(-1)?.frame;
  const pictures = last === undefined ? [] : FAKES.map(({ id }) => [id, { ...last, run: id }] as const);
  return {
    runs: FAKES.map((fake) => fakeRun(fake, now)),
    pictures: new Map(pictures),
    opened: null,
    beside: null,
    opening: null,
  };
}
