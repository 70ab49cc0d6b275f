'use client';
/** Along the time: where a run was changed while it trained. */
import type { ReactNode } from 'react';
import type { RunRecord } from '#lib/runs/record';
import { formatCount } from '../_figures/scales.ts';
import { allChangeWords } from './change-words.ts';
import styles from './time.module.css';

interface ChangeMarksProps {
  readonly record: Pick<RunRecord, 'spec' | 'amendments'>;
  /** Share of the track, 0 … 1. */
  readonly position: (step: number) => number;
  readonly onGo: (step: number) => void;
}

export function ChangeMarks({ record: { spec, amendments }, position, onGo }: ChangeMarksProps): ReactNode {
  const words = allChangeWords(spec, amendments);
  return amendments.map(({ step }, k) => (
    <button
      key={`${step}-${k}`}
      type="button"
      className={styles['change']}
      style={{ left: `${100 * position(step)}%` }}
      title={`${words[k] ?? ''}, from step ${formatCount(step)} on`}
      aria-label={`Changed at step ${formatCount(step)}: ${words[k] ?? ''}`}
      data-testid="change-mark"
      onClick={() => {
        onGo(step);
      }}
    />
  ));
}
