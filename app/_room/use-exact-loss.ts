'use client';
/** The exact expected loss of the weights on the screen, from a worker. */
import { useEffect, useRef, useState } from 'react';
import type { Problem } from '#lib/measure/exact/expected-loss';
import { createExactLosses, type ExactLosses } from '../_compute/exact-loss.ts';
import type { CellView } from '../_figures/cell-view.ts';

/** null until it is known, and where there is no evaluator for the problem, or it does not find the loss. */
export function useExactLoss(problem: Problem | null, view: CellView): number | null {
  const [known, setKnown] = useState<{ readonly view: CellView; readonly loss: number } | null>(null);
  const losses = useRef<ExactLosses | null>(null);
  useEffect(
    () => () => {
      losses.current?.close();
      losses.current = null;
    },
    [],
  );
  useEffect(() => {
    if (problem === null) return;
    losses.current ??= createExactLosses();
    losses.current.ask({ problem, G: Float64Array.from(view.gram), b: Float64Array.from(view.bias) }, (loss) => {
      setKnown({ view, loss });
    });
  }, [problem, view]);
  // While weights move, the last that is known stands.
  return problem === null || known === null || Number.isNaN(known.loss) ? null : known.loss;
}
