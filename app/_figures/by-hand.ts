/** A model with a feature moved by hand: measured anew, its biases as they were. */
import type { OutputActivation } from '#lib/model/shape';
import { lossAnatomy, type LossAnatomy } from '#lib/measure/one-sparse';
import { featureCount, type CellView } from './cell-view.ts';
import { measureCell } from './formation.ts';

/** `view` with feature at (x, y). Its points must be all of W: hidden space has two dimensions. */
export function moved(view: CellView, feature: number, x: number, y: number): CellView {
  const points = view.points.map((value, k) => (k === feature * 2 ? x : k === feature * 2 + 1 ? y : value));
  const shape = { n: featureCount(view), m: 2 };
  const { view: measured } = measureCell(Float32Array.from(points), Float32Array.from(view.bias), shape);
  return { ...measured, points };
}

/** Turned by some degrees, and its length multiplied. */
export function nudged(view: CellView, feature: number, degrees: number, factor: number): CellView {
  const [x, y] = [view.points[feature * 2] ?? 0, view.points[feature * 2 + 1] ?? 0];
  const turn = (degrees * Math.PI) / 180;
  const [c, s] = [Math.cos(turn) * factor, Math.sin(turn) * factor];
  return moved(view, feature, x * c - y * s, x * s + y * c);
}

export interface AnatomyData {
  readonly output: OutputActivation;
  /** p = 1 − S */
  readonly density: number;
  /** [n] */
  readonly importance: Float64Array;
}

export function anatomyOf(view: CellView, data: AnatomyData): LossAnatomy {
  return lossAnatomy(Float64Array.from(view.gram), Float64Array.from(view.bias), data);
}
