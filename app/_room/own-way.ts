'use client';
/** What a person does by themselves, before whomever they follow; and what Escape leaves. */
import { usePastRunActions, usePastRuns } from '../_session/react.tsx';
import type { RoomShowing } from './use-room-showing.ts';
import type { Shortcuts } from './use-shortcuts.ts';

/** What a hand does here, it does not do for the one whom it followed. */
export const byOneself =
  <A extends readonly unknown[]>(leave: () => void, act: (...args: A) => void) =>
  (...args: A): void => {
    leave();
    act(...args);
  };

/** Back to live from a step of one's own; out of a showing that one has seen. */
export function timeShortcuts({ shown, scrubbed, onScrub }: RoomShowing): Shortcuts {
  if (scrubbed !== null)
    return {
      Escape: () => {
        onScrub(null);
      },
    };
  return shown?.moving === true ? { Escape: shown.skip } : {};
}

/** With nothing nearer to leave, back from an earlier run. */
export function usePastEscape(shortcuts: Shortcuts): Shortcuts {
  const past = usePastRuns((state) => state.opened !== null);
  const { close } = usePastRunActions();
  const back = (): void => {
    close();
  };
  return past ? { Escape: back, ...shortcuts } : shortcuts;
}
