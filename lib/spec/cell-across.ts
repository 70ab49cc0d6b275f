/** From a cell of one diagram to the cell of another that stands for the same models. */
import { apart, axisLength, cellParameters, nearestCell, SAME_VALUE, valueAt, type CellParameters } from './cells.ts';
import { AXES, type Axis, type RunSpec } from './spec.ts';

export interface CellAcross {
  readonly cell: number;
  /** It is only the nearest one: the other diagram does not go as far. */
  readonly far: boolean;
}

/** Where both have the same axes it is the cell of the same number: values that are alike, rounded or flat, do not tell cells apart. */
export function cellAcross(from: RunSpec, to: RunSpec, cell: number): CellAcross {
  if (sameAxes(from, to)) return { cell, far: false };
  const place = cellParameters(from, cell);
  const nearest = nearestCell(to, place);
  return { cell: nearest, far: !isWithin(from, to, place, cellParameters(to, nearest)) };
}

export const sameAxes = (a: RunSpec, b: RunSpec): boolean => JSON.stringify(a.axes) === JSON.stringify(b.axes);

/** What only the first one's axes run over is one value in the other, and told apart as in a note's place. */
function isWithin(from: RunSpec, to: RunSpec, place: CellParameters, found: CellParameters): boolean {
  const across = new Map(to.axes.map((axis) => [axis.over, axis]));
  return AXES.filter((over) => across.has(over) || from.axes.some((axis) => axis.over === over)).every((over) => {
    const axis = across.get(over);
    return axis === undefined ? apart(place[over], found[over]) <= SAME_VALUE : reaches(axis, place[over]);
  });
}

/** As far as the outer edge of its first and last cells: half of the way to the next value further. */
function reaches(axis: Axis, value: number): boolean {
  const values = Array.from({ length: axisLength(axis) }, (_, index) => valueAt(axis.values, index));
  const told = [...new Set(values)].sort((a, b) => a - b);
  const [low = NaN, high = NaN] = [told[0], told.at(-1)];
  if (value >= low && value <= high) return true;
  const [end, next] = value < low ? [low, told[1]] : [high, told.at(-2)];
  return apart(value, end) <= Math.max(SAME_VALUE, next === undefined ? 0 : apart(next, end) / 2);
}
