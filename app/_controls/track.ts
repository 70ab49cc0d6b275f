/** From a slider's positions to a parameter's values and back. */
import type { NumberParameter } from '#lib/spec/parameters';

/** A slider has whole positions 0 … `positions`; on a logarithmic scale they are about even in the value's logarithm. */
export function positionsOf(definition: NumberParameter): number {
  return isList(definition) ? wholeValues(definition).length - 1 : evenPositions(definition);
}

const evenPositions = ({ scale, min, max, step }: NumberParameter): number =>
  scale === 'log' ? step : Math.round((max - min) / step);

/** More positions than this cannot be aimed at: such a parameter (a seed) has a number field only. */
const AIMABLE = 2_000;

export const hasTrack = (definition: NumberParameter): boolean => positionsOf(definition) <= AIMABLE;

export function positionOf(value: number, definition: NumberParameter): number {
  if (isList(definition)) return nearest(value, wholeValues(definition));
  const { scale, min, max } = definition;
  const share = scale === 'log' ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.round(share * positionsOf(definition));
}

export function valueAt(position: number, definition: NumberParameter): number {
  if (!isList(definition)) return evenValueAt(position, definition);
  return wholeValues(definition)[Math.max(0, position)] ?? definition.max;
}

function evenValueAt(position: number, definition: NumberParameter): number {
  const { scale, min, max, kind } = definition;
  const positions = evenPositions(definition);
  // Both ends are exact, whatever the rounding between them.
  if (position <= 0) return min;
  if (position >= positions) return max;
  const share = position / positions;
  const value = scale === 'log' ? min * (max / min) ** share : min + (max - min) * share;
  return kind === 'integer' ? tidyInteger(value, scale) : Number(value.toPrecision(3));
}

/** Whole numbers on a logarithmic scale crowd at its low end: each has one position, so that an arrow key always goes to another. */
const isList = ({ kind, scale }: NumberParameter): boolean => kind === 'integer' && scale === 'log';

function wholeValues(definition: NumberParameter): readonly number[] {
  const values = Array.from({ length: evenPositions(definition) + 1 }, (_, position) =>
    evenValueAt(position, definition),
  );
  return values.filter((value, i) => value !== values[i - 1]);
}

/** Where in ascending `values` the one is that is nearest in proportion. */
function nearest(value: number, values: readonly number[]): number {
  const far = (other: number): number => Math.abs(Math.log(other / value));
  return values.reduce((best, other, i) => (far(other) < far(values[best] ?? NaN) ? i : best), 0);
}

/** Along a logarithmic track 9,772 steps are no better than 9,800; powers of two are kept for batches. */
function tidyInteger(value: number, scale: NumberParameter['scale']): number {
  const whole = Math.round(value);
  const power = 2 ** Math.round(Math.log2(value));
  if (scale === 'linear' || Math.abs(value - power) < 1e-6 * power) return whole;
  return Number(whole.toPrecision(2));
}

/** As it stands in the number field: no grouping, so that it can be typed over. */
export const formatValue = (value: number): string => String(Number(value.toPrecision(10)));
