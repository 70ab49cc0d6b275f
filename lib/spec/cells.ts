/** From a spec's axes to what each cell and instance trains on. */
import { exp, log } from '#lib/base/ieee';
import { present } from '#lib/base/assert';
import type { Origin } from '#lib/base/random';
import type { Axis, Formula, RunSpec } from './spec.ts';

/** What the axes decide for one cell. */
export interface CellParameters {
  /** p = 1 − S */
  readonly density: number;
}

export const axisLength = (axis: Axis): number =>
  axis.values.kind === 'geometric' ? axis.values.count : axis.values.values.length;

export const cellCount = (spec: RunSpec): number => spec.axes.reduce((cells, axis) => cells * axisLength(axis), 1);

/** I = cells · replicas */
export const instanceCount = (spec: RunSpec): number => cellCount(spec) * spec.replicas;

export const cellOf = (spec: RunSpec, instance: number): number => Math.floor(instance / spec.replicas);
export const replicaOf = (spec: RunSpec, instance: number): number => instance % spec.replicas;

/** Of an instance's random numbers. */
export const originOf = (spec: RunSpec, instance: number): Origin => ({
  seed: spec.seed,
  cell: cellOf(spec, instance),
  replica: replicaOf(spec, instance),
});

/** The formula's value at `index`; both ends of a geometric range are exact. Uses `lib/base`'s own exp and log: Math.pow differs between browsers. */
export function valueAt(formula: Formula, index: number): number {
  if (formula.kind === 'list') return present(formula.values[index], `value ${String(index)} of an axis`);
  const { from, to, count } = formula;
  if (index === 0) return from;
  if (index === count - 1) return to;
  return from * exp((index / (count - 1)) * log(to / from));
}

export function cellParameters(spec: RunSpec, cell: number): CellParameters {
  let density = spec.data.density;
  let rest = cell;
  for (const axis of [...spec.axes].reverse()) {
    const length = axisLength(axis);
    density = valueAt(axis.values, rest % length);
    rest = Math.floor(rest / length);
  }
  return { density };
}

/** importance [n]: I_i = base^i by repeated multiplication, the same bits everywhere. */
export function importances(spec: RunSpec): Float64Array {
  const importance = new Float64Array(spec.model.n);
  for (let i = 0, value = 1; i < importance.length; i++, value *= spec.data.importance.base) importance[i] = value;
  return importance;
}
