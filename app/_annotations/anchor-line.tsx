import type { ReactNode } from 'react';
import type { Anchor } from '#lib/room/anchor';
import { quoteWords, targetWords, whereWords } from './anchor-words.ts';
import styles from './notes.module.css';

/** "Feature 3 · S 0.90 · step 400", and below it what was read there. */
export function AnchorLine({
  anchor,
  now = null,
}: {
  readonly anchor: Anchor;
  readonly now?: string | null;
}): ReactNode {
  const where = whereWords(anchor);
  return (
    <span className={styles['anchor']}>
      <span>
        <strong>{targetWords(anchor.target, anchor)}</strong>
        {where === '' ? '' : ` · ${where}`}
        {now === null ? '' : ` · ${now}`}
      </span>
      {anchor.quotes.length === 0 ? null : (
        <q className={styles['quotes']}>{anchor.quotes.map(quoteWords).join(' · ')}</q>
      )}
    </span>
  );
}
