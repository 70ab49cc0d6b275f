/** The best linear model (paper, "Demonstrating Superposition"): what superposition is measured against. */
import type { Shape } from '#lib/model/shape';

/**
 * W [n, m], b [n] of least expected loss among tied linear models, for independent features of one density p and importance [n]. With
 * optimal biases the loss is v(p)/n · tr D (1 − WᵀW)², D = diag(importance), which is least where WᵀW projects on the m most important
 * features: each has a dimension of its own, and of the others their mean p/2 comes out. It does not depend on p but for that.
 */
export function linearOptimum({ n, m }: Shape, importance: ArrayLike<number>, p: number): LinearOptimum {
  const order = Array.from({ length: n }, (_, i) => i);
  order.sort((i, j) => (importance[j] ?? 0) - (importance[i] ?? 0) || i - j);
  const W = new Float32Array(n * m);
  const b = new Float32Array(n).fill(p / 2);
  order.slice(0, m).forEach((feature, dimension) => {
    W[feature * m + dimension] = 1;
    b[feature] = 0;
  });
  return { W, b };
}

interface LinearOptimum {
  readonly W: Float32Array;
  readonly b: Float32Array;
}
