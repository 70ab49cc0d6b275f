/** This person's hand on a control: seen by the others as it moves, and by oneself at once. */
import type { Touch } from '#lib/wire/protocol';
import type { RoomSocket } from './connection.ts';
import { createPaced } from './paced.ts';

export interface Dragging {
  /** What is held; null: nothing. */
  readonly held: () => Touch | null;
  readonly touch: (next: Touch | null) => void;
  readonly cancel: () => void;
}

interface DraggingDependencies {
  readonly socket: RoomSocket;
  /** Something else is held than before. */
  readonly changed: () => void;
}

/** Drags are sent at 15 a second at most: others see them glide. */
const INTERVAL_MS = 66;

/** The written value travels on another socket: a hand is let go a little later, or the control would flicker back. */
const RELEASE_DELAY_MS = 150;

export function createDragging({ socket, changed }: DraggingDependencies): Dragging {
  let drag: Touch | null = null;
  const told = createPaced<Touch | null>(null, say, INTERVAL_MS);

  /** A drag may be lost on the way, its end may not. */
  function say(next: Touch | null): void {
    if (next === null) socket.emit('touch', null);
    else socket.volatile.emit('touch', next);
  }

  /** Says that the hand is off, unless it is on again. */
  function letGo(): void {
    if (drag === null && socket.connected) told.write(null);
  }

  return {
    held: () => drag,
    touch(next) {
      drag = next;
      changed();
      if (next !== null) told.writeSoon(next);
      else setTimeout(letGo, RELEASE_DELAY_MS);
    },
    cancel: told.cancel,
  };
}
