/** WᵀW of the paper ("Demonstrating superposition", heat maps): how much of feature j comes out where i went in. */
import { add, at, dotRows, type Numbers } from '#lib/base/matrix';
import type { Shape } from '#lib/model/shape';

/** W [n, m] → W_i · W_j [n, n], symmetric. */
export const gram = (W: Numbers, { n, m }: Shape): Float64Array =>
  Float64Array.from({ length: n * n }, (_, ij) => dotRows(W, Math.floor(ij / n), W, ij % n, m));

/** The way back: the gradient dG [n, n] in G = W Wᵀ → in W [n, m], into `dW`. W_i is in G_ij and in G_ji, for every j. */
export function gradientThroughGram(W: Numbers, { n, m }: Shape, dG: Float64Array, dW: Float64Array): void {
  dW.fill(0);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const both = at(dG, i * n + j) + at(dG, j * n + i);
      if (both !== 0) for (let k = 0; k < m; k++) add(dW, i * m + k, both * at(W, j * m + k));
    }
}
