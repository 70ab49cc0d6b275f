/**
 * Turning drawings of weights so that they can be compared: the loss does not change when hidden space is rotated or reflected
 * (no figure of the paper). Works on points [n, 2], as `project` gives them.
 */
import { at, type Numbers } from '#lib/base/matrix';
import { REPRESENTED_NORM } from './norms.ts';

/** An orthogonal 2 × 2 matrix, row-major: a rotation, or a reflection and a rotation. Points are rows: p' = p R. */
export type Transform = readonly [number, number, number, number];

export const IDENTITY: Transform = [1, 0, 0, 1];

/** points [n, 2] → p R, [n, 2] */
export const transform = (points: Numbers, [a, b, c, d]: Transform): Float64Array =>
  Float64Array.from(points, (value, j) =>
    j % 2 === 0 ? value * a + at(points, j + 1) * c : at(points, j - 1) * b + value * d,
  );

/** The R that brings p R closest to the target, both [n, 2], in the sum of squares (orthogonal Procrustes, closed form in the plane). */
export function alignment(points: Numbers, target: Numbers): Transform {
  const moment = (k: number, l: number): number => {
    let sum = 0;
    for (let j = 0; j < points.length; j += 2) sum += at(points, j + k) * at(target, j + l);
    return sum;
  };
  const [xx, xy, yx, yy] = [moment(0, 0), moment(0, 1), moment(1, 0), moment(1, 1)];
  const rotation = direction(xx + yy, xy - yx);
  const reflection = direction(xx - yy, xy + yx);
  const { x: c, y: s } = rotation.length >= reflection.length ? rotation : reflection;
  return rotation.length >= reflection.length ? [c, s, -s, c] : [c, s, s, -c];
}

/** Below this, as a sine, two features are on one line through the origin. */
const COLLINEAR = 0.05;

/** The R after which the first represented feature points up, and the next one that is not on its line is on the right. */
export function canonicalOrientation(points: Numbers): Transform {
  const represented = Array.from({ length: points.length / 2 }, (_, i) => ({
    x: at(points, 2 * i),
    y: at(points, 2 * i + 1),
  }))
    .map(({ x, y }) => direction(x, y))
    .filter(({ length }) => length > REPRESENTED_NORM);
  const [up] = represented;
  if (up === undefined) return IDENTITY;
  const rightOf = ({ x, y }: Direction): number => x * up.y - y * up.x;
  const next = represented.find((other) => Math.abs(rightOf(other)) > COLLINEAR);
  const side = next !== undefined && rightOf(next) < 0 ? -1 : 1;
  return [side * up.y, up.x, -side * up.x, up.y];
}

interface Direction {
  readonly x: number;
  readonly y: number;
  /** Of the vector; (x, y) itself has length 1. */
  readonly length: number;
}

/** Below it the squares underflow, and what was divided by their root would have another length than 1. */
const NO_DIRECTION = 1e-150;

function direction(x: number, y: number): Direction {
  const length = Math.sqrt(x * x + y * y);
  return length < NO_DIRECTION ? { x: 1, y: 0, length } : { x: x / length, y: y / length, length };
}
