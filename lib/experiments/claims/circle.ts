/** One feature active at a time: how many fit on a circle, and at which length and bias. */
import { at, dotRows } from '#lib/base/matrix';
import { square } from '#lib/base/ieee';
import { minimise } from '#lib/base/minimise';
import { crossError, ownError } from '#lib/measure/one-sparse';
import { polygon } from '#lib/measure/regular';
import type { ExactClaim } from '../claim.ts';
import { near } from './quantities.ts';

interface Circle {
  /** Of one feature, given that it alone is active; 1/3 where it is not stored. */
  readonly residual: number;
  readonly length: number;
  readonly bias: number;
}

/** The least error of k features on a circle, over their length and bias. */
function bestCircle(k: number): Circle {
  const directions = polygon(k).W;
  const error = (length: number, b: number): number => {
    const squared = square(length);
    let total = ownError(squared, b, 'relu');
    for (let j = 1; j < k; j++) total += crossError(squared * dotRows(directions, 0, directions, j, 2), b, 'relu');
    return total;
  };
  const h = 1e-6;
  const descents = [1, 1.2, 1.5, 1.7].map((length) =>
    minimise(
      (x, gradient) => {
        const [a, b] = [at(x, 0), at(x, 1)];
        gradient[0] = (error(a + h, b) - error(a - h, b)) / (2 * h);
        gradient[1] = (error(a, b + h) - error(a, b - h)) / (2 * h);
        return error(a, b);
      },
      Float64Array.of(length, 1 - square(length)),
      { tolerance: 1e-7 },
    ),
  );
  const { x, value } = descents.reduce((low, each) => (each.value < low.value ? each : low));
  return { residual: value, length: at(x, 0), bias: at(x, 1) };
}

const SECTION = 'Mathematical Understanding';

const residuals: ExactClaim = {
  id: 'one-sparse-polygons',
  section: SECTION,
  sentence:
    'Where one feature is active at a time, up to four fit on a circle without loss; a fifth costs .0158, a sixth .0482.',
  kind: 'exact',
  measure: () =>
    (
      [
        [2, 0],
        [3, 0],
        [4, 0],
        [5, 0.015826],
        [6, 0.048192],
        [7, 0.083271],
        [8, 0.115546],
        [10, 0.166667],
        [12, 0.195907],
      ] as const
    ).map(([k, expected]) => near(`${k} features`, bestCircle(k).residual, expected, 1e-4)),
  picture: {
    x: 'features on the circle',
    y: 'error of the active one',
    scale: 'linear',
    series: ['least error'],
    at: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    begin: () => (k) => [bestCircle(k).residual],
  },
};

const lengths: ExactClaim = {
  id: 'one-sparse-lengths',
  section: SECTION,
  sentence:
    'The more features share a circle, the longer they are and the more negative their biases, up to ten, at the golden ratio; from eleven on they are short again.',
  kind: 'exact',
  measure: () =>
    (
      [
        [4, 1, 0],
        [5, 1.1705, -0.2823],
        [6, 1.3205, -0.6181],
        [7, 1.4484, -0.9669],
        [8, 1.5504, -1.2912],
        [10, 1.618, -1.618],
        [12, 1.0332, -0.4665],
      ] as const
    ).flatMap(([k, length, bias]) => {
      const found = bestCircle(k);
      return [near(`‖W‖ of ${k}`, found.length, length, 2e-4), near(`bias of ${k}`, found.bias, bias, 2e-4)];
    }),
  picture: {
    x: 'features on the circle',
    y: 'of the optimum',
    scale: 'linear',
    series: ['‖W‖', '−b'],
    at: [4, 5, 6, 7, 8, 9, 10, 11, 12],
    begin: () => (k) => {
      const { length, bias } = bestCircle(k);
      return [length, -bias];
    },
  },
};

export const CIRCLE_CLAIMS = [residuals, lengths] as const;
