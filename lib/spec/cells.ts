/** From a spec's axes to what each cell and instance trains on. */
import { exp, log } from '#lib/base/ieee';
import { present } from '#lib/base/assert';
import { at } from '#lib/base/matrix';
import type { Origin } from '#lib/base/random';
import { AXES, type Axis, type Formula, type ImportanceSpec, type RunSpec } from './spec.ts';

/** What the axes decide for one cell: the data's numbers, in place of those that an axis runs over. */
export interface CellParameters {
  /** p = 1 − S */
  readonly density: number;
  /** p_0 / p */
  readonly relativeDensity: number;
  /** By which the last feature's importance is multiplied. */
  readonly relativeImportance: number;
  /** Of a finite set; else 0. */
  readonly examples: number;
}

export const axisLength = (axis: Axis): number =>
  axis.values.kind === 'geometric' ? axis.values.count : axis.values.values.length;

export const cellCount = (spec: RunSpec): number => spec.window?.count ?? spannedCells(spec);

/** All that the axes span, whether or not the spec is a tile's. */
const spannedCells = ({ axes }: RunSpec): number => axes.reduce((cells, axis) => cells * axisLength(axis), 1);

/** A tile's cells count from 0, and are drawn and trained as what they are in the whole. */
const globalCell = ({ window }: RunSpec, cell: number): number => (window?.first ?? 0) + cell;

/** I = cells · replicas */
export const instanceCount = (spec: RunSpec): number => cellCount(spec) * spec.replicas;

/** True when a model of `a` has matrices of the same names and shapes as one of `b`, instance by instance. */
export const sameWeights = (a: RunSpec, b: RunSpec): boolean =>
  a.model.kind === b.model.kind &&
  a.model.n === b.model.n &&
  a.model.m === b.model.m &&
  a.replicas === b.replicas &&
  cellCount(a) === cellCount(b);

export const cellOf = (spec: RunSpec, instance: number): number => Math.floor(instance / spec.replicas);
export const replicaOf = (spec: RunSpec, instance: number): number => instance % spec.replicas;

/** Of an instance's random numbers. */
export const originOf = (spec: RunSpec, instance: number): Origin => ({
  seed: spec.seed,
  cell: globalCell(spec, cellOf(spec, instance)),
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
  const { data, axes } = spec;
  const { density, relativeDensity = 1, relativeImportance = 1 } = data;
  const examples = data.kind === 'finite' ? data.examples : 0;
  const parameters = { density, relativeDensity, relativeImportance, examples };
  let rest = globalCell(spec, cell);
  for (const { over, values, length } of [...axes].reverse().map((axis) => ({ ...axis, length: axisLength(axis) }))) {
    const value = valueAt(values, rest % length);
    parameters[over] = over === 'examples' ? Math.round(value) : value;
    rest = Math.floor(rest / length);
  }
  return parameters;
}

/** As a share of a value: half of the finest spacing that people use. */
export const SAME_VALUE = 0.05;

/** What is told of a cell: some of its numbers, or all. */
export type CellPlace = Partial<CellParameters>;

/** How far `value` is from another, as a share. */
export const apart = (value: number, other: number): number => (value === other ? 0 : Math.abs(log(value / other)));

/** The cell that has all of these numbers, as far as half of the finest spacing; null: none has them, or several do. */
export function cellNear(spec: RunSpec, place: CellPlace): number | null {
  if (spec.axes.some((axis) => axisLength(axis) > 1 && (place[axis.over] === undefined || isFlat(axis)))) return null;
  const cell = nearestCell(spec, place);
  return isThere(cellParameters(spec, cell), place) ? cell : null;
}

const isFlat = ({ values }: Axis): boolean => valueAt(values, 0) === valueAt(values, 1);

/** However far it is: along each axis by itself. Of an axis that is not told, the first. */
export const nearestCell = (spec: RunSpec, place: CellPlace): number =>
  spec.axes.reduce((cell, axis) => {
    const value = place[axis.over] ?? valueAt(axis.values, 0);
    return cell * axisLength(axis) + leastOf(axisLength(axis), (index) => apart(valueAt(axis.values, index), value));
  }, 0);

const leastOf = (length: number, of: (index: number) => number): number =>
  Array.from({ length }, (_, index) => index).reduce((least, index) => (of(index) < of(least) ? index : least), 0);

const isThere = (cell: CellParameters, place: CellPlace): boolean =>
  AXES.every((over) => apart(place[over] ?? cell[over], cell[over]) <= SAME_VALUE);

/** importance [n] of a cell, the first unless told otherwise: powers by repeated multiplication, the same bits everywhere. */
export function importances(spec: RunSpec, cell = 0): Float64Array {
  const { n } = spec.model;
  const importance = new Float64Array(n);
  const factor = importanceFactor(spec.data.importance, n);
  for (let i = 0, value = 1; i < n; i++, value *= factor) importance[i] = value;
  importance[n - 1] = at(importance, n - 1) * cellParameters(spec, cell).relativeImportance;
  return importance;
}

/** From one feature to the next. */
function importanceFactor(importance: ImportanceSpec, n: number): number {
  if (importance.kind === 'power') return importance.base;
  return n === 1 ? 1 : exp(log(importance.last) / (n - 1));
}

/** density [n] of a cell. */
export function densities(spec: RunSpec, cell: number): Float64Array {
  const { density, relativeDensity } = cellParameters(spec, cell);
  const each = new Float64Array(spec.model.n).fill(density);
  each[0] = Math.min(1, density * relativeDensity);
  return each;
}
