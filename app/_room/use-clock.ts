'use client';
import { useEffect, useState } from 'react';

/** Often enough for whole seconds, ms. */
const TICK_MS = 250;

/** Date.now(), ms, told again and again while `ticking`. */
export function useClock(ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!ticking) return undefined;
    const timer = setInterval(() => {
      setNow(Date.now());
    }, TICK_MS);
    return () => {
      clearInterval(timer);
    };
  }, [ticking]);
  return now;
}
