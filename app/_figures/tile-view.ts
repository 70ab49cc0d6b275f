/** The model of one cell as the figures draw it, by itself. */
import type { Shape } from '#lib/model/shape';
import type { Frame } from '#lib/runs/frame';
import { cellWeights } from '#lib/runs/sweep-frame';
import type { CellView } from './cell-view.ts';
import { chainToLast, measureCell } from './formation.ts';

/** In the usual orientation. W [n, m], b [n] */
export const viewOfModel = (W: Float32Array, b: Float32Array, shape: Shape): CellView | null =>
  chainToLast([{ step: 0, cells: [measureCell(W, b, shape)] }])[0]?.views[0] ?? null;

/** Of a sweep's kept frames; null until the cell's tile is done, and where they have no weights. */
export function viewOfTile(frames: readonly Frame[], cell: number, shape: Shape): CellView | null {
  const found = cellWeights(frames, cell);
  const [W, b] = [found?.get('W') ?? found?.get('W1'), found?.get('b')];
  return W === undefined || b === undefined ? null : viewOfModel(Float32Array.from(W), Float32Array.from(b), shape);
}
