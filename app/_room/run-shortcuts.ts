import type { RunControls } from './run-controls.ts';
import type { Shortcuts } from './use-shortcuts.ts';

interface Chosen {
  /** The model of this place along density. */
  readonly onCell: (cell: number) => void;
  readonly onHelp: () => void;
}

/** What every place that trains has: the run's keys for whoever may, a digit for each of the first nine models, and help. */
export const runShortcuts = (
  { allowed, toggle, step, reset, newSeed }: RunControls,
  { onCell, onHelp }: Chosen,
): Shortcuts => ({
  ...(allowed ? { ' ': toggle, '.': step, r: reset, R: newSeed } : undefined),
  ...Object.fromEntries(
    Array.from({ length: 9 }, (_, cell) => [
      String(cell + 1),
      () => {
        onCell(cell);
      },
    ]),
  ),
  '?': onHelp,
});
