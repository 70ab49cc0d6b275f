/** Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations (1846): no pivots, no special cases. */
import { square } from './ieee.ts';
import { at } from './matrix.ts';

export interface Eigen {
  /** [d], descending. */
  readonly values: Float64Array;
  /** [d, d], row k belongs to values[k]; orthonormal. */
  readonly vectors: Float64Array;
}

/** Quadratic convergence: real matrices take 6 to 10 sweeps. */
const SWEEPS = 50;
const TOLERANCE = 1e-30;

/** A [d, d], symmetric → its eigenvalues and eigenvectors. */
export function symmetricEigen(A: Float64Array, d: number): Eigen {
  const D = A.slice();
  const V = Float64Array.from({ length: d * d }, (_, ij) => (ij % (d + 1) === 0 ? 1 : 0));
  const size = squares(A, d, () => true);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    if (squares(D, d, (i, j) => i !== j) <= TOLERANCE * size) break;
    for (let p = 0; p < d; p++) for (let q = p + 1; q < d; q++) annihilate(D, V, d, p, q);
  }
  return descending(D, V, d);
}

function squares(A: Float64Array, d: number, counts: (i: number, j: number) => boolean): number {
  let sum = 0;
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) if (counts(i, j)) sum += square(at(A, i * d + j));
  return sum;
}

/** Rotates the plane (p, q) so that D_pq becomes 0. */
function annihilate(D: Float64Array, V: Float64Array, d: number, p: number, q: number): void {
  const coupling = at(D, p * d + q);
  if (coupling === 0) return;
  const theta = (at(D, q * d + q) - at(D, p * d + p)) / (2 * coupling);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(tangent * tangent + 1);
  const s = tangent * c;
  for (let k = 0; k < d; k++) {
    rotate(D, k * d + p, k * d + q, c, s);
    rotate(V, p * d + k, q * d + k, c, s);
  }
  for (let k = 0; k < d; k++) rotate(D, p * d + k, q * d + k, c, s);
}

function rotate(array: Float64Array, i: number, j: number, c: number, s: number): void {
  const [a, b] = [at(array, i), at(array, j)];
  array[i] = c * a - s * b;
  array[j] = s * a + c * b;
}

function descending(D: Float64Array, V: Float64Array, d: number): Eigen {
  const value = (k: number): number => at(D, k * (d + 1));
  const order = Array.from({ length: d }, (_, k) => k).sort((a, b) => value(b) - value(a));
  const vectors = new Float64Array(d * d);
  order.forEach((k, row) => {
    vectors.set(V.subarray(k * d, (k + 1) * d), row * d);
  });
  return { values: Float64Array.from(order, value), vectors };
}
