/** The rows of W as the paper draws them: a line from the origin and a dot. Shared by the large figure and the strip. */
import type { ReactNode } from 'react';
import { represented, type CellView } from './cell-view.ts';
import { reach } from './scales.ts';

/** Data units. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** Data units → px. y points up, as in the paper. */
export interface Plane {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly unit: number;
}

export function planeOf(view: CellView, width: number, height: number, pad: number): Plane {
  const unit = (Math.min(width, height) / 2 - pad) / reach(view.norms);
  return { x: (value) => width / 2 + value * unit, y: (value) => height / 2 - value * unit, unit };
}

export const pointOf = (view: CellView, feature: number): Point => ({
  x: view.points[feature * 2] ?? 0,
  y: view.points[feature * 2 + 1] ?? 0,
});

/** The outline of the represented features: what makes a pentagon seen as one. */
export function Hull({ view, plane, className }: HullProps): ReactNode {
  const corners = convexHull(represented(view).map((feature) => pointOf(view, feature)));
  if (corners.length < 3) return null;
  const points = corners.map(({ x, y }) => `${plane.x(x).toFixed(2)},${plane.y(y).toFixed(2)}`).join(' ');
  return <polygon className={className} points={points} />;
}

/** Counter-clockwise (Andrew's monotone chain): the lower side from left to right, the upper one back. */
export function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  return [...side(sorted), ...side(sorted.toReversed())];
}

/** One side without its last point, which begins the other. */
function side(sorted: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  for (const point of sorted) {
    while (kept.length > 1 && turnsRight(kept.at(-2), kept.at(-1), point)) kept.pop();
    kept.push(point);
  }
  return kept.slice(0, -1);
}

const turnsRight = (a: Point | undefined, b: Point | undefined, c: Point): boolean =>
  a !== undefined && b !== undefined && (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) <= 0;

interface HullProps {
  readonly view: CellView;
  readonly plane: Plane;
  readonly className: string | undefined;
}
