'use client';
/** One run of a recap: its picture, what it was, what came of it, and what was said about it. */
import type { ReactNode } from 'react';
import type { RecapRun as Entry } from '#lib/link/recap';
import type { Frame } from '#lib/runs/frame';
import { whenWords } from '../_runs/run-words.ts';
import { Thumbnail } from '../_runs/thumbnail.tsx';
import { RecapThread } from './recap-thread.tsx';
import styles from './recap.module.css';

interface RecapRunProps {
  readonly entry: Entry;
  readonly picture: Frame | null;
}

export function RecapRun({ entry: { run, name, words, results, threads }, picture }: RecapRunProps): ReactNode {
  return (
    <li className={styles['run']} data-testid="recap-run">
      <div className={styles['picture']}>
        <Thumbnail spec={run.spec} picture={picture} />
      </div>
      <div className={styles['told']}>
        <h2>
          {name} <time dateTime={new Date(run.startedAt).toISOString()}>{whenWords(run.startedAt, Infinity)}</time>
        </h2>
        <p className={styles['words']}>{words}</p>
        {results.length === 0 ? null : (
          <ul className={styles['results']}>
            {results.map((line, k) => (
              <li key={k}>{line}</li>
            ))}
          </ul>
        )}
        {threads.map((thread) => (
          <RecapThread key={thread.id} thread={thread} />
        ))}
      </div>
    </li>
  );
}
