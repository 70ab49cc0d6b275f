import { expect, test, vi } from 'vitest';
import { runShortcuts } from './run-shortcuts.ts';

const nothing = (): void => undefined;
const controls = { allowed: false, going: false, label: 'Run', toggle: nothing, step: nothing } as const;
const all = { ...controls, reset: nothing, newSeed: nothing };

test('a digit chooses one of the first nine models, and nothing on a map', () => {
  const onCell = vi.fn();
  const keys = runShortcuts(all, { onCell, onHelp: nothing });
  keys['1']?.();
  keys['9']?.();
  expect(onCell.mock.calls).toEqual([[0], [8]]);
  expect(Object.keys(runShortcuts(all, { onCell: null, onHelp: nothing }))).toEqual(['?']);
});
