/** How strongly each feature is represented (paper, "Demonstrating superposition"): ‖W_i‖, about 1 or about 0. */
import { dotRows, type Numbers } from '#lib/base/matrix';
import type { Shape } from '#lib/model/shape';

/** Above this norm a feature counts as represented: trained norms cluster near 0 and 1, with little between. */
export const REPRESENTED_NORM = 0.5;

/** W [n, m] → ‖W_i‖ [n] */
export const norms = (W: Numbers, { n, m }: Shape): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sqrt(dotRows(W, i, W, i, m)));

/** W [n, m] → Ŵ [n, m], rows of length 1; a row of zeros stays so. */
export function unitRows(W: Numbers, shape: Shape): Float64Array {
  const lengths = norms(W, shape);
  return Float64Array.from(W, (value, j) => value / Math.max(lengths[Math.floor(j / shape.m)] ?? 0, SMALLEST_NORM));
}

/** Norms below this are taken as this, as in the official notebook: a feature that is not there has no direction. */
export const SMALLEST_NORM = 1e-6;

/** W [n, m] → indices of the represented features, ascending. */
export function representedFeatures(W: Numbers, shape: Shape): readonly number[] {
  const lengths = norms(W, shape);
  return Array.from(lengths.keys()).filter((i) => (lengths[i] ?? 0) > REPRESENTED_NORM);
}
