/** A map's axes and cells in words. */
import { REPRESENTED_NORM } from '#lib/measure/norms';
import type { SweepMap } from '#lib/runs/sweep-frame';
import { axisLength, cellCount, cellParameters } from '#lib/spec/cells';
import type { Axis, RunSpec } from '#lib/spec/spec';
import { formatDensity, formatShort } from './scales.ts';

/** Columns along the last axis, rows along all before. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly across: Axis | null;
  readonly down: readonly Axis[];
}

export function gridOf(spec: RunSpec): Grid {
  const across = spec.axes.at(-1) ?? null;
  const columns = across === null ? 1 : axisLength(across);
  return { columns, rows: cellCount(spec) / columns, across, down: spec.axes.slice(0, -1) };
}

export const AXIS_WORDS: Readonly<Record<Axis['over'], string>> = {
  density: 'density p = 1 − S',
  relativeDensity: 'relative density of the first feature',
  relativeImportance: 'relative importance r of the last feature',
  examples: 'examples',
};

/** "r = 0.316, p = 0.10 (S = 0.90)": what the axes decide, and the density in any case. */
export function cellWords(spec: RunSpec, cell: number): string {
  const { density, relativeDensity, relativeImportance, examples } = cellParameters(spec, cell);
  const { S, p } = formatDensity(density);
  const over = new Set(spec.axes.map((axis) => axis.over));
  return [
    ...(over.has('relativeImportance') ? [`r = ${formatShort(relativeImportance)}`] : []),
    ...(over.has('relativeDensity') ? [`p₁ = ${formatShort(relativeDensity)} p`] : []),
    ...(over.has('examples') ? [`T = ${String(examples)}`] : []),
    `p = ${p} (S = ${S})`,
  ].join(', ');
}

/** Of a feature that shares its direction with as much as half of another. */
const SHARED = 0.5;

export type Phase = 'ignored' | 'dedicated' | 'superposed';

export function phaseOf(norm: number, superposition: number): Phase {
  if (!(norm > REPRESENTED_NORM)) return 'ignored';
  return superposition > SHARED ? 'superposed' : 'dedicated';
}

const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  ignored: 'Not represented',
  dedicated: 'A dimension of its own',
  superposed: 'In superposition',
};

export function phaseWords(
  { model }: RunSpec,
  { norm, superposition, done }: SweepMap,
  feature: number,
  cell: number,
): string {
  const index = cell * model.n + feature;
  const length = norm[index] ?? NaN;
  if (Number.isNaN(length)) return done[cell] === 1 ? 'Diverged' : 'Not trained yet';
  const words = PHASE_WORDS[phaseOf(length, superposition[index] ?? NaN)];
  return done[cell] === 1 ? words : `${words}, so far`;
}
