/** Angles between features, in degrees (paper, "The Geometry of Superposition"): to show and to compare with a tolerance, never to hash. */
import { dotRows, type Numbers } from '#lib/base/matrix';

/** Rows i and j of W [n, m], neither of them zero → the angle between them, 0 to 180. */
export function degreesBetween(W: Numbers, i: number, j: number, m: number): number {
  const cosine = dotRows(W, i, W, j, m) / Math.sqrt(dotRows(W, i, W, i, m) * dotRows(W, j, W, j, m));
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}
