/** How much other features share a feature's direction (paper, "Demonstrating superposition", colour of the norm bars). */
import { square } from '#lib/base/ieee';
import { dotRows, type Numbers } from '#lib/base/matrix';
import type { Shape } from '#lib/model/shape';
import { unitRows } from './norms.ts';

/** W [n, m] → Σ_{j≠i} (Ŵ_i · W_j)² [n]: 0 where a feature has its direction to itself. The notebook draws the square root. */
export function superposition(W: Numbers, shape: Shape): Float64Array {
  const unit = unitRows(W, shape);
  return Float64Array.from({ length: shape.n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < shape.n; j++) if (j !== i) sum += square(dotRows(unit, i, W, j, shape.m));
    return sum;
  });
}
