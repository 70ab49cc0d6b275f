'use client';
/** Where a run stands in the server's line: everyone there is a dot, this room's is filled; and in words. */
import type { ReactNode } from 'react';
import type { Waiting } from '#lib/runs/record';
import styles from './in-line.module.css';
import { inLineFor } from './words.ts';

/** Dots drawn; of a longer line, the words tell. */
const DOTS = 8;

export function InLine({ waiting }: { readonly waiting: Waiting }): ReactNode {
  const { place, of } = waiting;
  const places = Array.from({ length: Math.min(of, DOTS) }, (_, i) => i + 1);
  return (
    <span className={styles['line']} data-testid="waiting">
      <span className={styles['dots']} aria-hidden>
        {places.map((each) => (
          <i key={each} data-own={each === place ? '' : undefined} />
        ))}
      </span>
      {inLineFor(waiting)}
    </span>
  );
}
