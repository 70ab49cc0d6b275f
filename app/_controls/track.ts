/** From a slider's positions to a parameter's values and back. */
import type { NumberParameter } from '#lib/spec/parameters';

/** A slider has whole positions 0 … `positions`; on a logarithmic scale they are even in the value's logarithm. */
export function positionsOf({ scale, min, max, step }: NumberParameter): number {
  return scale === 'log' ? step : Math.round((max - min) / step);
}

/** More positions than this cannot be aimed at: such a parameter (a seed) has a number field only. */
const AIMABLE = 2_000;

export const hasTrack = (definition: NumberParameter): boolean => positionsOf(definition) <= AIMABLE;

export function positionOf(value: number, definition: NumberParameter): number {
  const { scale, min, max } = definition;
  const share = scale === 'log' ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.round(share * positionsOf(definition));
}

export function valueAt(position: number, definition: NumberParameter): number {
  const { scale, min, max, kind } = definition;
  const positions = positionsOf(definition);
  // Both ends are exact, whatever the rounding between them.
  if (position <= 0) return min;
  if (position >= positions) return max;
  const share = position / positions;
  const value = scale === 'log' ? min * (max / min) ** share : min + (max - min) * share;
  return kind === 'integer' ? tidyInteger(value, scale) : Number(value.toPrecision(3));
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
