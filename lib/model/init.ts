/** Where training starts: W normal, b zero. Computed once, here, and given to every engine as its checkpoint 0. */
import { cos, log } from '#lib/base/ieee';
import { draw, streamKey, toUnit, type Origin } from '#lib/base/random';
import type { Shape } from './shape.ts';

/** Xavier's deviation √(2/(n + m)) of an [n, m] matrix. */
export const xavierDeviation = ({ n, m }: Shape): number => Math.sqrt(2 / (n + m));

/** W [n, m] ~ N(0, (initScale · √(2/(n + m)))²), rounded to float32, of the instance at `origin`. */
export function initialWeights(shape: Shape, initScale: number, origin: Origin): Float32Array {
  const key = streamKey(origin, 'init', 0);
  const deviation = initScale * xavierDeviation(shape);
  return Float32Array.from({ length: shape.n * shape.m }, (_, entry) => deviation * normal(key, entry));
}

/** A standard normal number from draws 2 · index and 2 · index + 1 (Box and Muller 1958, the cosine branch). */
export function normal(key: number, index: number): number {
  const radius = Math.sqrt(-2 * log(1 - toUnit(draw(key, 2 * index))));
  return radius * cos(2 * Math.PI * toUnit(draw(key, 2 * index + 1)));
}
