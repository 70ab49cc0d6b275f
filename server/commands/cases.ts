/** The cases that engines are timed at: from the introduction's shape to a phase diagram. */
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { tileSpec } from '#lib/spec/tiles';

export interface Case {
  readonly name: string;
  readonly n: number;
  readonly m: number;
  readonly instances: number;
  /** Densities fall geometrically from 1 to this. */
  readonly leastDensity: number;
  /** Base of the importance. */
  readonly importance: number;
}

export const CASES: readonly Case[] = [
  { name: 'A', n: 5, m: 2, instances: 8, leastDensity: 0.05, importance: 0.9 },
  { name: 'B', n: 20, m: 5, instances: 10, leastDensity: 0.05, importance: 0.9 },
  { name: 'C', n: 80, m: 20, instances: 10, leastDensity: 0.01, importance: 0.9 },
  { name: 'D', n: 400, m: 30, instances: 20, leastDensity: 0.05, importance: 1 },
  { name: 'E1k', n: 2, m: 1, instances: 1_000, leastDensity: 0.01, importance: 0.9 },
  { name: 'E10k', n: 2, m: 1, instances: 10_000, leastDensity: 0.01, importance: 0.9 },
];

/** Batch 1,024, without an end: more instances side by side, and steps, than a room may ask for. As one tile, or many would be a sweep. */
export function specOfCase({ n, m, instances, leastDensity, importance }: Case): RunSpec {
  const one = { n, m, densities: 1, replicas: 1, batch: 1_024, importanceBase: importance };
  const values = { kind: 'geometric', from: 1, to: leastDensity, count: instances } as const;
  const spec = resolve({ ...DEFAULT_PARAMETERS, ...one });
  const all = { first: 0, count: instances };
  return tileSpec({ ...spec, axes: [{ over: 'density', values }], steps: 100_000_000 }, all);
}
