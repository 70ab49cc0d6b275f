/** WᵀW of the paper ("Demonstrating superposition", heat maps): how much of feature j comes out where i went in. */
import { dotRows, type Numbers } from '#lib/base/matrix';
import type { Shape } from '#lib/model/shape';

/** W [n, m] → W_i · W_j [n, n], symmetric. */
export const gram = (W: Numbers, { n, m }: Shape): Float64Array =>
  Float64Array.from({ length: n * n }, (_, ij) => dotRows(W, Math.floor(ij / n), W, ij % n, m));
