/** Where training starts: the matrices normal, b zero. Computed once, here, and given to every engine as its checkpoint 0. */
import { cos, log } from '#lib/base/ieee';
import { draw, streamKey, toUnit, type Origin } from '#lib/base/random';
import type { Shape } from './shape.ts';

/** Xavier's deviation √(2/(n + m)) of an [n, m] matrix. */
export const xavierDeviation = ({ n, m }: Shape): number => Math.sqrt(2 / (n + m));

/** W [n, m] ~ N(0, (initScale · √(2/(n + m)))²), rounded to float32, of the instance at `origin`; the `matrix`-th of its matrices. */
export function initialWeights(shape: Shape, initScale: number, origin: Origin, matrix = 0): Float32Array {
  const key = streamKey(origin, 'init', 0);
  const deviation = initScale * xavierDeviation(shape);
  const size = shape.n * shape.m;
  return Float32Array.from({ length: size }, (_, entry) => deviation * normal(key, matrix * size + entry));
}

/** A standard normal number from draws 2 · index and 2 · index + 1 (Box and Muller 1958, the cosine branch). */
export function normal(key: number, index: number): number {
  const radius = Math.sqrt(-2 * log(1 - toUnit(draw(key, 2 * index))));
  return radius * cos(2 * Math.PI * toUnit(draw(key, 2 * index + 1)));
}
