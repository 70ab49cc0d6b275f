/** How weights of any m are drawn in the plane: on the two axes along which the features spread most (no figure of the paper). */
import { symmetricEigen } from '#lib/base/eigen';
import { at, dotRows, type Numbers } from '#lib/base/matrix';
import type { Shape } from '#lib/model/shape';

/**
 * W [n, m] → axes [2, m], orthonormal: the first two eigenvectors of the second moments Σ_i W_i W_iᵀ, about the origin since
 * directions matter. For m ≤ 2 they are the hidden dimensions themselves. Take them once of a run's last frame, for all of it.
 */
export function principalAxes(W: Numbers, { n, m }: Shape): Float64Array {
  if (m === 1) return Float64Array.of(1, 0); // the second axis is no dimension: everything is at 0 of it
  if (m === 2) return Float64Array.of(1, 0, 0, 1);
  const moments = new Float64Array(m * m);
  for (let i = 0; i < n; i++)
    for (let kl = 0; kl < m * m; kl++)
      moments[kl] = at(moments, kl) + at(W, i * m + Math.floor(kl / m)) * at(W, i * m + (kl % m));
  return symmetricEigen(moments, m).vectors.slice(0, 2 * m);
}

/** W [n, m], axes [2, m] → points [n, 2] */
export const project = (W: Numbers, { n, m }: Shape, axes: Float64Array): Float64Array =>
  Float64Array.from({ length: 2 * n }, (_, j) => dotRows(W, j >> 1, axes, j & 1, m));
