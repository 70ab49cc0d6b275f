/** The share of a hidden dimension that each feature has (paper, "The Geometry of Superposition"). */
import { square } from '#lib/base/ieee';
import { dotRows, type Numbers } from '#lib/base/matrix';
import type { Shape } from '#lib/model/shape';
import { norms, SMALLEST_NORM, unitRows } from './norms.ts';

/**
 * W [n, m] → D_i = ‖W_i‖² / Σ_j (Ŵ_i · W_j)² [n], the sum including j = i: 1 alone in a dimension, 1/2 in an antipodal pair, d/k
 * in a tight frame of k features in d dimensions. Norms are clamped at 1e-6, so a feature that is not there has 0.
 */
export function dimensionality(W: Numbers, shape: Shape): Float64Array {
  const unit = unitRows(W, shape);
  return norms(W, shape).map((norm, i) => {
    let shared = 0;
    for (let j = 0; j < shape.n; j++) shared += square(dotRows(unit, i, W, j, shape.m));
    return square(norm) / Math.max(shared, square(SMALLEST_NORM));
  });
}

/**
 * Scherlis et al.'s capacity, C_i = (W_i · W_i)² / Σ_j (W_i · W_j)² [n] ("Polysemanticity and Capacity"): algebraically the same
 * quantity, as multiplying above and below by ‖W_i‖² shows.
 */
export const capacity = (W: Numbers, shape: Shape): Float64Array => dimensionality(W, shape);
