/**
 * A value that changes faster than it can be drawn. Every write to the store draws the room at once; a run's first hundred frames
 * come within a tenth of a second, and drawing each of them held back what came after by seconds.
 */
export interface Paced<T> {
  /** The newest, told or not. */
  readonly read: () => T;
  /** Tells it now. */
  readonly write: (value: T) => void;
  /** Tells it now if nothing was told for `interval` ms, else the newest when they are over. */
  readonly writeSoon: (value: T) => void;
  readonly cancel: () => void;
}

export function createPaced<T>(initial: T, tell: (value: T) => void, interval: number): Paced<T> {
  let newest = initial;
  let toldAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const tellNow = (): void => {
    cancel();
    toldAt = performance.now();
    tell(newest);
  };
  return {
    read: () => newest,
    write: (value) => {
      newest = value;
      tellNow();
    },
    writeSoon: (value) => {
      newest = value;
      const wait = toldAt + interval - performance.now();
      if (wait <= 0) tellNow();
      else timer ??= setTimeout(tellNow, wait);
    },
    cancel,
  };
}
