import { useEffect, useState } from 'react';

/** The value as it was `interval` ms ago at most: it changes no more often than that, and comes to rest where the value does. */
export function useEvery<T>(value: T, interval: number): T {
  const [held, setHeld] = useState({ value, at: 0 });
  useEffect(() => {
    if (held.value === value) return undefined;
    const timer = setTimeout(
      () => {
        setHeld({ value, at: performance.now() });
      },
      Math.max(0, held.at + interval - performance.now()),
    );
    return () => {
      clearTimeout(timer);
    };
  }, [held, value, interval]);
  return held.value;
}
