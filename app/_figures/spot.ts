/**
 * Where things are in a drawing, both ways: what can be pinned to or pointed at, in data units, and its place in px. A figure
 * answers for what it draws; null: that is not in this figure, or gone.
 */
export type Spot =
  | { readonly kind: 'feature'; readonly feature: number }
  | { readonly kind: 'pair'; readonly features: readonly [number, number] }
  /** The whole model; in a figure that holds many, the one of that number. */
  | { readonly kind: 'cell'; readonly cell?: number }
  /** In the units of the figure's axes. */
  | { readonly kind: 'region'; readonly from: readonly [number, number]; readonly to: readonly [number, number] }
  | { readonly kind: 'axis'; readonly axis: 'x' | 'y' }
  | { readonly kind: 'step'; readonly step: number };

/** px from the drawing's upper left corner */
export interface Pixel {
  readonly x: number;
  readonly y: number;
}

export interface Places {
  readonly locate: (spot: Spot) => Pixel | null;
  /** What a press at a point means. */
  readonly pick: (at: Pixel) => Spot | null;
  /** What a drag from one point to another means: a pair, or a region. */
  readonly span: (from: Pixel, to: Pixel) => Spot | null;
  /** The plane of the figure, for cursors: px → the units of its axes, and back. */
  readonly point: (at: Pixel) => Pixel;
  readonly pixel: (point: Pixel) => Pixel;
  /** px from it, which way its name stands: a pin goes elsewhere. Without it, a pin stands above, on the right. */
  readonly named?: (spot: Spot) => Pixel | null;
  /** Corners of a region, where this figure has them. */
  readonly outline?: (spot: Spot) => readonly [Pixel, Pixel] | null;
}

/** px: how near a press must be to what it means */
const REACH = 28;

/** The index of the nearest point, within reach. */
export function nearest(points: readonly Pixel[], at: Pixel): number | null {
  const far = ({ x, y }: Pixel): number => Math.hypot(x - at.x, y - at.y);
  const distances = points.map(far);
  const least = Math.min(...distances);
  return least <= REACH ? distances.indexOf(least) : null;
}

export const middle = (a: Pixel, b: Pixel): Pixel => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** A region from two of its corners, lower values first. */
export const regionOf = (a: Pixel, b: Pixel): Spot => ({
  kind: 'region',
  from: [Math.min(a.x, b.x), Math.min(a.y, b.y)],
  to: [Math.max(a.x, b.x), Math.max(a.y, b.y)],
});
