/** Keys go along the points of a curve, and Escape lets go of the one that is read. */
import type { KeyboardEvent } from 'react';

/** Points that a page's key goes by. */
const PAGE = 10;

export function pointKeys(at: number | null, onAt: (at: number | null) => void, count: number) {
  return (event: KeyboardEvent): void => {
    const next = pointAfter(event.key, at, count);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onAt(next);
  };
}

/** Of `count` points; from none, forwards begins with the first and back with the last. undefined: the key is not for them. */
export function pointAfter(key: string, at: number | null, count: number): number | null | undefined {
  if (count === 0) return undefined;
  if (key === 'Escape') return at === null ? undefined : null;
  const here = at ?? count;
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: here - 1,
    ArrowRight: at === null ? 0 : here + 1,
    PageUp: here + PAGE,
    PageDown: here - PAGE,
    Home: 0,
    End: count - 1,
  };
  const next = Object.hasOwn(moves, key) ? moves[key] : undefined;
  return next === undefined ? undefined : Math.min(count - 1, Math.max(0, next));
}
