/** Which cell is marked on each of two diagrams: one is chosen, and the other is the one like it. */
import { cellAcross } from '#lib/spec/cell-across';
import { cellCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';

export type SideName = 'left' | 'right';
export type TwoSpecs = Readonly<Record<SideName, RunSpec>>;

/** A cell that was chosen on the right: of a finer diagram several are like one on the left, and of a wider one some are like none. */
export interface HeldCell {
  /** Of the right one. */
  readonly run: string;
  readonly right: number;
  /** Chosen on the left since: until another is, the right one's is held. */
  readonly left: number;
}

export interface TwoCells {
  readonly left: number;
  readonly right: number;
  /** Where no cell is like the one that was chosen on the other side: its nearest is marked. */
  readonly far: SideName | null;
}

/** `cell` is chosen on the left. */
export function twoCells({ left, right }: TwoSpecs, cell: number, held: HeldCell | null): TwoCells {
  if (held?.left === cell && held.right < cellCount(right)) {
    const isFar = cellAcross(right, left, held.right).far;
    return { left: cell, right: held.right, far: isFar ? 'left' : null };
  }
  const across = cellAcross(left, right, cell);
  return { left: cell, right: across.cell, far: across.far ? 'right' : null };
}

/** A cell is chosen on the right. What is chosen on the left is the one like it, or else the nearest. */
export const holdRight = ({ left, right }: TwoSpecs, run: string, cell: number): HeldCell => ({
  run,
  right: cell,
  left: cellAcross(right, left, cell).cell,
});
