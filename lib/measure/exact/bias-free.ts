/**
 * The loss of n = 2, m = 1 without biases, in closed form (Tom McGrath's comment to the paper): for maps of the loss over the plane
 * (w_1, w_2). Both features have density p, importances are (1, r); the sum over features, as in the paper.
 */
import { square } from '#lib/base/ieee';

const fourth = (x: number): number => square(square(x));

export function biasFreeLoss([w1, w2]: readonly [number, number], r: number, p: number): number {
  const c = w1 * w2;
  const alone = (square(1 - square(w1)) + r * square(1 - square(w2)) + (1 + r) * square(Math.max(c, 0))) / 3;
  const together = bothActive(square(w1), c) + r * bothActive(square(w2), c);
  return p * (1 - p) * alone + square(p) * together;
}

/** ∫∫ (x − ReLU(a x + c y))² over the unit square, for a ≥ 0. */
function bothActive(a: number, c: number): number {
  if (c >= 0) return square(1 - a) / 3 - ((1 - a) * c) / 2 + square(c) / 3;
  const d = -c;
  if (a <= d) return 1 / 3 - square(a) / (4 * d) + (a * square(a)) / (12 * d);
  const difference = fourth(a) - fourth(a - d);
  const product = (difference / (12 * d) + (d / 2) * (square(a) / 2 - (2 * a * d) / 3 + square(d) / 4)) / square(a);
  return 1 / 3 - 2 * product + difference / (12 * a * d);
}
