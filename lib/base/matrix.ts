/** Matrices are flat, row-major typed arrays; their number of columns travels beside them. */

export type Numbers = Float32Array | Float64Array;

/** array[i]; past either end NaN, which spoils every sum it enters and so is noticed. */
export const at = (array: Numbers, i: number): number => array[i] ?? NaN;

/** array[i] += value */
export function add(array: Numbers, i: number, value: number): void {
  array[i] = at(array, i) + value;
}

/** Row i of A and row j of B, both [·, columns] → their dot product. */
export function dotRows(A: Numbers, i: number, B: Numbers, j: number, columns: number): number {
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += at(A, i * columns + k) * at(B, j * columns + k);
  return sum;
}

/** Row i of A [·, columns], a view [columns]. */
export const rowOf = <T extends Numbers>(A: T, i: number, columns: number): T =>
  A.subarray(i * columns, (i + 1) * columns) as T;

export function sum(array: Numbers): number {
  let total = 0;
  for (const value of array) total += value;
  return total;
}
