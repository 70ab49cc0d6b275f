/** Where a cell stands along an axis of a map, and which values are written beside it. Places are shares, 0 to 1, of the map's side. */
import { axisLength, valueAt } from '#lib/spec/cells';
import type { Axis } from '#lib/spec/spec';
import { clamp } from './scales.ts';

/** The middle of the cell of that index. */
export const placeOfIndex = (index: number, length: number): number => (index + 0.5) / length;

export const indexAtPlace = (place: number, length: number): number => clamp(Math.floor(place * length), 0, length - 1);

/** Of any value along a geometric axis; NaN along one whose ends are alike, or which is a list. */
export function placeOfValue({ values }: Axis, value: number): number {
  if (values.kind === 'list' || values.from === values.to) return NaN;
  const { from, to, count } = values;
  return placeOfIndex((Math.log(value / from) / Math.log(to / from)) * (count - 1), count);
}

/** And back. */
export function valueOfPlace({ values }: Axis, place: number): number {
  if (values.kind === 'list' || values.from === values.to) return NaN;
  const { from, to, count } = values;
  return from * (to / from) ** ((place * count - 0.5) / (count - 1));
}

export interface Tick {
  readonly value: number;
  readonly place: number;
}

/** At most `most` of them: whole powers of ten, with twos and fives between where there is room; of a list its own values. */
export function axisTicks(axis: Axis, most: number): readonly Tick[] {
  const length = axisLength(axis);
  const first = valueAt(axis.values, 0);
  const last = valueAt(axis.values, length - 1);
  if (axis.values.kind === 'list' || first === last) return everySo(axis, most);
  const [low, high] = [Math.min(first, last), Math.max(first, last)];
  const choices = [[1, 2, 5], [1, 3], [1]].map((digits) => roundValues(low, high, digits));
  const found = choices.find((values) => values.length <= most) ?? [];
  return found.length < 2 ? everySo(axis, most) : found.map((value) => ({ value, place: placeOfValue(axis, value) }));
}

function roundValues(low: number, high: number, digits: readonly number[]): readonly number[] {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high / low)) + 2 },
    (_, k) => Math.floor(Math.log10(low)) + k,
  );
  return powers
    .flatMap((power) => digits.map((digit) => Number(`${String(digit)}e${String(power)}`)))
    .filter((value) => value >= low * ROUNDING && value <= high / ROUNDING);
}

/** An end of the axis is a tick although it is off by some bits. */
const ROUNDING = 1 - 1e-9;

function everySo(axis: Axis, most: number): readonly Tick[] {
  const length = axisLength(axis);
  const stride = Math.max(1, Math.ceil(length / most));
  return Array.from({ length: Math.ceil(length / stride) }, (_, k) => ({
    value: valueAt(axis.values, k * stride),
    place: placeOfIndex(k * stride, length),
  }));
}
