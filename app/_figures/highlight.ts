import type { KeyboardEvent } from 'react';

/** The feature under a hand, in every figure at once; null when there is none. */
export interface Highlight {
  readonly active: number | null;
  readonly onActive: (feature: number | null) => void;
}

/** Arrow keys go through the features, Escape lets go of them. For the drawing that has the focus. */
export function featureKeys({ active, onActive }: Highlight, n: number): (event: KeyboardEvent) => void {
  return (event) => {
    const next = featureAfter(event.key, active, n);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onActive(next);
  };
}

function featureAfter(key: string, active: number | null, n: number): number | null | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return active === null ? 0 : (active + 1) % n;
    case 'ArrowLeft':
    case 'ArrowUp':
      return active === null ? n - 1 : (active + n - 1) % n;
    case 'Home':
      return 0;
    case 'End':
      return n - 1;
    case 'Escape':
      return active === null ? undefined : null;
    default:
      return undefined;
  }
}

/** Attributes of the element that draws `feature`. */
export const highlightOf = ({ active }: Highlight, feature: number) => ({
  'data-active': active === feature ? '' : undefined,
  'data-dim': active !== null && active !== feature ? '' : undefined,
});
