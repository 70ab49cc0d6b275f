'use client';
import type { ReactNode } from 'react';
import { featureCount, represented, type CellView } from '../_figures/cell-view.ts';
import styles from './room.module.css';

interface ShapeNameProps {
  readonly view: CellView;
  readonly trained: boolean;
  /** Offered while features stand where a hand has put them. */
  readonly onRelease: (() => void) | null;
}

/** The polytope's name fades in when it becomes another. */
export function ShapeName({ view, trained, onRelease }: ShapeNameProps): ReactNode {
  const [name, words] = trained
    ? [view.shape(), `${represented(view).length} of ${featureCount(view)} features represented`]
    : ['Press Run', 'and watch the directions form'];
  return (
    <div className={styles['shape']} data-testid="shape">
      <strong key={name}>{name}</strong>
      <span>{words}</span>
      {onRelease === null ? null : (
        <button type="button" onClick={onRelease}>
          Back to the trained weights
        </button>
      )}
    </div>
  );
}
