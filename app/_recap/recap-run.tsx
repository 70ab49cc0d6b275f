'use client';
/** One run of a recap: its picture, what it was, what came of it, and what was said about it. */
import type { ReactNode } from 'react';
import { experimentOf, experimentParameters } from '#lib/experiments/index';
import { soloAddress } from '#lib/experiments/solo';
import type { RecapRun as Entry } from '#lib/link/recap';
import type { Frame } from '#lib/runs/frame';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { parametersOfRun } from '#lib/spec/parameters-of';
import { whenWords } from '../_runs/run-words.ts';
import { Thumbnail } from '../_runs/thumbnail.tsx';
import { RecapThread, type AuthorOf } from './recap-thread.tsx';
import styles from './recap.module.css';
import type { Zone } from './zone.ts';

interface RecapRunProps {
  readonly entry: Entry;
  readonly picture: Frame | null;
  readonly authorOf: AuthorOf;
  readonly zone: Zone;
}

export function RecapRun({ entry, picture, authorOf, zone }: RecapRunProps): ReactNode {
  const { run, name, words, results, threads } = entry;
  const alone = aloneAddress(run);
  return (
    <li className={styles['run']} data-testid="recap-run">
      <div className={styles['picture']}>
        <Thumbnail spec={run.spec} picture={picture} />
      </div>
      <div className={styles['told']}>
        <h2>
          {name}{' '}
          <time dateTime={new Date(run.startedAt).toISOString()}>{whenWords(run.startedAt, Infinity, zone)}</time>
        </h2>
        <p className={styles['words']}>
          {words}
          {alone === null ? (
            ''
          ) : (
            <>
              {' '}
              · <a href={alone}>open it alone</a>
            </>
          )}
        </p>
        {results.length === 0 ? null : (
          <ul className={styles['results']}>
            {results.map((line, k) => (
              <li key={k}>{line}</li>
            ))}
          </ul>
        )}
        {threads.map((thread) => (
          <RecapThread key={thread.id} thread={thread} authorOf={authorOf} />
        ))}
      </div>
    </li>
  );
}

/** Where anybody can train it again; null: its settings are none that the controls can show, or it began with weights that are not here. */
function aloneAddress(run: Entry['run']): string | null {
  if (run.source !== null || experimentOf(run.experiment) === undefined) return null;
  const parameters = parametersOfRun(run, experimentParameters(run.experiment) ?? DEFAULT_PARAMETERS);
  return parameters === undefined ? null : soloAddress({ experiment: run.experiment, parameters });
}
