/** D* = m / ‖W‖_F², hidden dimensions per feature that is represented (paper, "The Geometry of Superposition"). */
import { dotRows, type Numbers } from '#lib/base/matrix';
import type { Shape } from '#lib/model/shape';

/** W [n, m] → D*; ‖W‖_F² counts the features, as each contributes about 1. Infinite where W is 0. */
export const dimensionsPerFeature = (W: Numbers, { n, m }: Shape): number => m / dotRows(W, 0, W, 0, n * m);
