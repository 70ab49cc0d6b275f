'use client';
import { useEffect, useEffectEvent, type KeyboardEvent as ReactKeyboardEvent } from 'react';

/** A key, as `event.key` has it → what it does. */
export type Shortcuts = Readonly<Record<string, () => void>>;

/**
 * Single keys, for as long as nobody is typing and no dialog asks for them. What lies over the figures, marked by `data-over`, has
 * Escape before what is behind it: there `isOver`.
 */
export function useShortcuts(shortcuts: Shortcuts, isOver = false): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isBusy(event.target, event.key))
      return;
    if (event.key === 'Escape' && !isOver && document.querySelector('[data-over]') !== null) return;
    const act = shortcuts[event.key];
    if (act === undefined || !Object.hasOwn(shortcuts, event.key)) return;
    event.preventDefault();
    // A key held down is one press: thirty runs a second are nobody's wish.
    if (!event.repeat) act();
  });
  useEffect(() => {
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, []);
}

/** Escape anywhere within an element, its fields included; what has opened over the page closes by itself before. */
export const onEscape =
  (act: () => void) =>
  (event: ReactKeyboardEvent): void => {
    if (event.key !== 'Escape' || isOpenOver()) return;
    event.preventDefault();
    if (!event.repeat) act();
  };

export interface HistoryKeys {
  readonly undo?: () => void;
  readonly redo?: () => void;
}

/** Ctrl or ⌘ with Z, Shift+Z or Y. A text that is being written has an undo of its own. */
export function useHistoryKeys({ undo, redo }: HistoryKeys): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isBusy(event.target, event.key)) return;
    const key = event.key.toLowerCase();
    const act = key === 'y' || (key === 'z' && event.shiftKey) ? redo : key === 'z' ? undo : undefined;
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, []);
}

/** Fields take every key, radios and checkboxes the space bar; a range takes neither. */
function isBusy(target: EventTarget | null, key: string): boolean {
  if (key === 'Escape' && isOpenOver()) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && (target.type === 'radio' || target.type === 'checkbox')) return key === ' ';
  if (target instanceof HTMLInputElement) return target.type !== 'range';
  return target.isContentEditable || target.closest('dialog, textarea, select, [popover]') !== null;
}

/** Escape closes it, wherever the focus is by now; but not where the key is kept from the browser. */
const isOpenOver = (): boolean => document.querySelector(':popover-open') !== null;
