/** For what may be told often: the first time at once, then as seldom as the line can bear. */
export interface Throttle {
  call(): void;
  /** Nothing is told any more. */
  cancel(): void;
}

/** Acts at once, and then at most once in `interval` ms; a call in between is made up for at its end. */
export function createThrottle(act: () => void, interval: number): Throttle {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  let cancelled = false;
  const call = (): void => {
    again = timer !== undefined;
    if (again || cancelled) return;
    act();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) call();
    }, interval);
  };
  return {
    call,
    cancel() {
      clearTimeout(timer);
      cancelled = true;
    },
  };
}
