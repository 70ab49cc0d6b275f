/** Comes back by itself after a lost connection: sooner at first, never all at the same moment, at once when the network is back. */
import type { RoomSocket } from './connection.ts';

export interface Reconnector {
  /** Without waiting any longer. */
  readonly now: () => void;
  readonly close: () => void;
}

export interface ReconnectOptions {
  /** ms since 1970 */
  readonly now: () => number;
  /** [0, 1) */
  readonly random: () => number;
  /** When the next attempt is due, ms since 1970; null: it is under way. */
  readonly waiting: (nextAt: number | null) => void;
}

/** ms; doubles with every attempt */
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
/** Share of the delay that is left to chance, so that a room of two hundred does not come back as one. */
const JITTER = 0.5;

/** ms to wait before attempt `attempt`, counted from 0. */
export function delayBefore(attempt: number, chance: number): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return delay * (1 - JITTER + 2 * JITTER * chance);
}

/** `socket` must not reconnect by itself. One that was ended on purpose stays ended. */
export function createReconnector(socket: RoomSocket, { now, random, waiting }: ReconnectOptions): Reconnector {
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    clearTimeout(timer);
    timer = undefined;
    waiting(null);
    socket.connect();
  }

  function later(): void {
    clearTimeout(timer);
    const delay = delayBefore(attempt++, random());
    waiting(now() + delay);
    timer = setTimeout(connect, delay);
  }

  const soon = (): void => {
    if (timer !== undefined) connect();
  };
  socket.on('connect', () => {
    attempt = 0;
  });
  socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') later();
  });
  socket.on('connect_error', later);
  addEventListener('online', soon);

  return {
    now: soon,
    close: () => {
      clearTimeout(timer);
      removeEventListener('online', soon);
    },
  };
}
