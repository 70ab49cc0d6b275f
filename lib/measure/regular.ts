/** The regular arrangements of the paper ("The Geometry of Superposition"), as weights to compare with. */
import { cos, sin } from '#lib/base/ieee';
import type { Shape } from '#lib/model/shape';

/** W [n, m] with its shape. */
export interface Arrangement extends Shape {
  readonly W: Float64Array;
}

const arrangement = (rows: readonly (readonly number[])[]): Arrangement => ({
  n: rows.length,
  m: rows[0]?.length ?? 0,
  W: Float64Array.from(rows.flat()),
});

const turn = (i: number, k: number): number => (2 * Math.PI * i) / k;

/** k features on a circle: digon 2, triangle 3, pentagon 5. Feature 0 points up, the next ones clockwise. */
export const polygon = (k: number, length = 1): Arrangement =>
  arrangement(Array.from({ length: k }, (_, i) => [length * sin(turn(i, k)), length * cos(turn(i, k))]));

export const digon = (): Arrangement => arrangement([[1], [-1]]);

const THIRD = 1 / Math.sqrt(3);

export const tetrahedron = (): Arrangement =>
  arrangement([
    [THIRD, THIRD, THIRD],
    [THIRD, -THIRD, -THIRD],
    [-THIRD, THIRD, -THIRD],
    [-THIRD, -THIRD, THIRD],
  ]);

/** Two squares at heights ±z, one turned by 45°, all of length 1. At z = 1/√3 it is a tight frame. */
export function squareAntiprism(z = THIRD): Arrangement {
  const radius = Math.sqrt(1 - z * z);
  return arrangement(
    Array.from({ length: 8 }, (_, i) => [radius * cos(turn(i, 8)), radius * sin(turn(i, 8)), i % 2 === 0 ? z : -z]),
  );
}

/** The tegum product: each arrangement in dimensions of its own. */
export function tegum(...factors: readonly Arrangement[]): Arrangement {
  const m = factors.reduce((sum, factor) => sum + factor.m, 0);
  const n = factors.reduce((sum, factor) => sum + factor.n, 0);
  const W = new Float64Array(n * m);
  let [row, column] = [0, 0];
  for (const factor of factors) {
    for (let i = 0; i < factor.n; i++)
      W.set(factor.W.subarray(i * factor.m, (i + 1) * factor.m), (row + i) * m + column);
    row += factor.n;
    column += factor.m;
  }
  return { n, m, W };
}
