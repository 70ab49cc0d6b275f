'use client';
/** To what the room has done: a page of its own, and Markdown to take home. */
import { BookOpen, FileText } from 'lucide-react';
import type { ReactNode } from 'react';
import { plainAddress } from '../_session/address.ts';
import styles from './runs.module.css';
import { useSaveRecap } from './use-save-recap.ts';

export function RecapButton(): ReactNode {
  const save = useSaveRecap();
  return (
    <p className={styles['recap']}>
      <a href={`${plainAddress()}/recap`} target="_blank" rel="noreferrer" data-testid="recap-page">
        <BookOpen size={14} aria-hidden /> Recap
      </a>
      <button type="button" data-testid="recap" onClick={() => void save()}>
        <FileText size={14} aria-hidden /> Markdown
      </button>
      <span className={styles['recapWords']}>Runs, results, notes and minutes.</span>
    </p>
  );
}
