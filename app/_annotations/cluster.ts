/** Pins that would cover each other become one. */
import type { Pixel } from '../_figures/spot.ts';

export interface Cluster<T> extends Pixel {
  readonly members: readonly T[];
}

/** Each pin joins the first cluster nearer than `distance` px, else begins one: in order, so that a new pin moves no old one. */
export function cluster<T extends Pixel>(pins: readonly T[], distance: number): readonly Cluster<T>[] {
  const clusters: { x: number; y: number; members: T[] }[] = [];
  for (const pin of pins) {
    const near = clusters.find(({ x, y }) => Math.hypot(x - pin.x, y - pin.y) < distance);
    if (near === undefined) clusters.push({ x: pin.x, y: pin.y, members: [pin] });
    else near.members.push(pin);
  }
  return clusters;
}
