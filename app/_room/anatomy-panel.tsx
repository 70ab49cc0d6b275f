'use client';
/** Where the loss of the shown weights comes from, theirs and those that a hand has given them. */
import { useMemo, type ReactNode } from 'react';
import { exactProblem } from '#lib/experiments/exact-problem';
import { importances } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { Anatomy } from '../_figures/anatomy.tsx';
import { anatomyOf, type AnatomyData } from '../_figures/by-hand.ts';
import type { CellView } from '../_figures/cell-view.ts';
import type { Highlight } from '../_figures/highlight.ts';
import styles from './room.module.css';
import { useExactLoss } from './use-exact-loss.ts';

interface AnatomyPanelProps {
  readonly spec: RunSpec;
  readonly view: CellView;
  /** Before a hand moved anything. */
  readonly trained: CellView;
  readonly density: number;
  readonly cell: number;
  /** On the evaluation samples, where the trained weights are the best replica's. */
  readonly sampled: number | null;
  readonly highlight: Highlight;
  readonly title: ReactNode;
}

export function AnatomyPanel({
  spec,
  view,
  trained,
  density,
  cell,
  sampled,
  highlight,
  title,
}: AnatomyPanelProps): ReactNode {
  const problem = useMemo(() => exactProblem(spec, cell), [spec, cell]);
  const exact = useExactLoss(problem, view);
  const before = useExactLoss(view === trained ? null : problem, trained);
  const data: AnatomyData = { output: spec.model.output, density, importance: importances(spec) };
  return (
    <Anatomy
      anatomy={anatomyOf(view, data)}
      before={view === trained ? null : anatomyOf(trained, data)}
      whole={
        exact === null
          ? null
          : { exact, before: view === trained ? null : before, sampled: view === trained ? sampled : null }
      }
      highlight={highlight}
      title={title}
      className={styles['fill'] ?? ''}
    />
  );
}
