/** Cells of a sweep, drawn by its reader: who made the link cannot know which will be looked at. */

/** If one cell in twenty were wrong, one of so many would be, but for one time in twenty-five. */
export const DRAWN = 64;

/** At most `most` of `count` cells, each as likely, ascending. `random` in [0, 1). */
export function drawCells(count: number, most: number, random: () => number): readonly number[] {
  const drawn = new Set<number>();
  // Floyd's: one number each, whatever is drawn already.
  for (let last = Math.max(0, count - most); last < count; last++) {
    const cell = Math.floor(random() * (last + 1));
    drawn.add(drawn.has(cell) ? last : cell);
  }
  return [...drawn].sort((a, b) => a - b);
}

/** The share of all cells that may be wrong though `drawn` are right, with 95% confidence. */
export const mayDiffer = (drawn: number): number => 1 - 0.05 ** (1 / drawn);
