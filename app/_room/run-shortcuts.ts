import type { RunControls } from './run-controls.ts';
import type { Shortcuts } from './use-shortcuts.ts';

interface Chosen {
  /** The model of this place along density; null: they are a map's, whose first nine are nobody's wish. */
  readonly onCell: ((cell: number) => void) | null;
  readonly onHelp: () => void;
}

/** What every place that trains has: the run's keys for whoever may, a digit for each of the first nine models, and help. */
export const runShortcuts = (
  { allowed, toggle, step, reset, newSeed }: RunControls,
  { onCell, onHelp }: Chosen,
): Shortcuts => ({
  ...(allowed ? { ' ': toggle, '.': step, r: reset, R: newSeed } : undefined),
  ...(onCell === null ? undefined : digits(onCell)),
  '?': onHelp,
});

const digits = (onCell: (cell: number) => void): Shortcuts =>
  Object.fromEntries(
    Array.from({ length: 9 }, (_, cell) => [
      String(cell + 1),
      () => {
        onCell(cell);
      },
    ]),
  );
