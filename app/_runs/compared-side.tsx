'use client';
/** One of two that are compared: its name, its step, what is said of it, and its figure. */
import type { ReactNode } from 'react';
import { formatCount } from '../_figures/scales.ts';
import { useClock } from '../_room/use-clock.ts';
import { usePastRuns, useSession } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { runName } from './run-words.ts';
import styles from './compare.module.css';

interface ComparedSideProps {
  readonly run: RunView;
  /** null: it has none, or nothing is known yet. */
  readonly step: number | null;
  /** Beside the step: the way to another. */
  readonly time?: ReactNode;
  readonly words: ReactNode;
  readonly children: ReactNode;
}

export function ComparedSide({ run, step, time, words, children }: ComparedSideProps): ReactNode {
  const name = usePastRuns((state) => state.runs?.find(({ id }) => id === run.record.id)?.name ?? null);
  const experiment = useSession((state) => state.item?.experiment ?? null);
  const now = useClock(false);
  return (
    <div className={styles['side']} data-testid="compared">
      <header>
        <strong suppressHydrationWarning>{runName({ ...run.record, name }, experiment, now)}</strong>
        {step === null ? null : <span data-testid="compared-step">step {formatCount(Math.round(step))}</span>}
        {time}
      </header>
      <p>{words}</p>
      {children}
    </div>
  );
}
