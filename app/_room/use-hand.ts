'use client';
import { useState } from 'react';
import { moved, nudged } from '../_figures/by-hand.ts';
import type { CellView } from '../_figures/cell-view.ts';
import type { Hand } from '../_figures/directions.tsx';

interface Handled {
  readonly view: CellView;
  /** null where nothing may be moved. */
  readonly hand: Hand | null;
  /** Gives the trained weights back; null while they stand. */
  readonly release: (() => void) | null;
}

/** Weights that this viewer has moved, until the model shown is another one. Nobody else sees it: the run stays as it is. */
export function useHand(trained: CellView, allowed: boolean, onFirst: () => void): Handled {
  const [held, setHeld] = useState<{ readonly of: CellView; readonly view: CellView } | null>(null);
  const stands = allowed && held?.of === trained;
  const view = stands ? held.view : trained;
  const put = (next: CellView): void => {
    if (!stands) onFirst();
    setHeld({ of: trained, view: next });
  };
  const hand: Hand = {
    onMove: (feature, x, y) => {
      put(moved(view, feature, x, y));
    },
    onNudge: (feature, degrees, factor) => {
      put(nudged(view, feature, degrees, factor));
    },
  };
  const release = (): void => {
    setHeld(null);
  };
  return { view, hand: allowed ? hand : null, release: stands ? release : null };
}
