'use client';
/** Verify: the run once more on the reader's own machine, and what came of it beside what the link says. */
import { Check, Equal, ShieldCheck, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Link } from '#lib/link/link';
import type { CellCompared } from '#lib/link/compare';
import type { Verdict } from '#lib/link/verify';
import type { RunSpec } from '#lib/spec/spec';
import { cellWords } from '../_figures/cell-words.ts';
import { isMap } from '../_figures/is-map.ts';
import { formatDensity } from '../_figures/scales.ts';
import type { Scope, Verify } from './verifying.ts';
import styles from './viewer.module.css';

type Progress =
  | { readonly phase: 'ready' }
  | { readonly phase: 'training'; readonly step: number }
  | { readonly phase: 'done'; readonly verdict: Verdict }
  | { readonly phase: 'failed'; readonly message: string };

interface VerifyPanelProps {
  readonly link: Link;
  readonly verify: Verify;
  /** False while the link has not arrived whole. */
  readonly whole: boolean;
}

export function VerifyPanel({ link, verify, whole }: VerifyPanelProps): ReactNode {
  const [progress, setProgress] = useState<Progress>({ phase: 'ready' });
  const begin = (scope: Scope): void => {
    setProgress({ phase: 'training', step: 0 });
    verify(link, scope, (step) => {
      setProgress({ phase: 'training', step });
    }).then(
      (verdict) => {
        setProgress({ phase: 'done', verdict });
      },
      (error: unknown) => {
        setProgress({ phase: 'failed', message: error instanceof Error ? error.message : String(error) });
      },
    );
  };
  const training = progress.phase === 'training';
  return (
    <section className={styles['verify']} aria-label="Verify" data-testid="verify">
      <div className={styles['verifyHead']}>
        <button
          type="button"
          className={styles['primary']}
          data-testid="verify-button"
          disabled={!whole || training}
          onClick={() => {
            begin('shown');
          }}
        >
          <ShieldCheck size={16} /> {training ? 'Training…' : progress.phase === 'done' ? 'Verify again' : 'Verify'}
        </button>
        <p className={styles['verifyWords']}>
          {training ? (
            <progress value={progress.step} max={link.spec.steps} aria-label="Steps trained" />
          ) : (
            'Trains it once more in this browser, and compares every number. Nothing is sent.'
          )}
        </p>
      </div>
      {progress.phase === 'failed' ? (
        <p className={styles['failed']} role="alert">
          It could not be trained here: {progress.message}
        </p>
      ) : null}
      {progress.phase === 'done' ? (
        <Outcome
          spec={link.spec}
          verdict={progress.verdict}
          onAll={() => {
            begin('all');
          }}
        />
      ) : null}
    </section>
  );
}

const WORDS = {
  identical: 'Identical, bit for bit',
  same: 'Same solution',
  different: 'Different',
} as const;
const SIGNS = { identical: Check, same: Equal, different: X } as const;

/** Of more cells than this those are listed that differ, and the first. */
const LISTED = 24;

interface OutcomeProps {
  readonly spec: RunSpec;
  readonly verdict: Verdict;
  readonly onAll: () => void;
}

function Outcome({ spec, verdict, onAll }: OutcomeProps): ReactNode {
  const { kind, why, engine, seconds, models, cells } = verdict;
  const listed = cells.length <= LISTED ? cells : [...cells].sort(differingFirst).slice(0, LISTED);
  const wordsOf = ({ cell, density }: CellCompared): string =>
    isMap(spec) ? cellWords(spec, cell) : formatDensity(density).S;
  const Sign = SIGNS[kind];
  const some = models.trained < models.of;
  return (
    <div className={styles['verdict']} data-kind={kind} role="status">
      <p className={styles['verdictName']}>
        <Sign size={20} strokeWidth={2.5} aria-hidden /> <strong data-testid="verdict">{WORDS[kind]}</strong>
      </p>
      <p className={styles['why']}>
        {why} {some ? `The ${models.trained} models shown` : `All ${models.of} models`}, on {engine.name}, in{' '}
        {seconds.toFixed(1)} s.{' '}
        {some ? (
          <button type="button" className={styles['plain']} onClick={onAll}>
            Train all {models.of}
          </button>
        ) : null}
      </p>
      <div className={styles['scroll']} tabIndex={0} role="region" aria-label="What was compared">
        <table>
          <thead>
            <tr>
              <th scope="col">{isMap(spec) ? 'cell' : 'S'}</th>
              <th scope="col">loss, link</th>
              <th scope="col">here</th>
              <th scope="col">shape</th>
              <th scope="col">features</th>
              <th scope="col">‖W‖ apart</th>
            </tr>
          </thead>
          <tbody>
            {listed.map((cell) => (
              <Row key={cell.cell} words={wordsOf(cell)} cell={cell} />
            ))}
          </tbody>
        </table>
      </div>
      {listed.length === cells.length ? null : (
        <p className={styles['why']}>
          {listed.length} of {cells.length} cells are listed; {cells.filter(({ same }) => !same).length} differ.
        </p>
      )}
    </div>
  );
}

const lossWords = (loss: number): string => (Number.isFinite(loss) ? loss.toPrecision(4) : 'none');

/** Once where they are the same; else as in the link, and as it came out here. */
const bothWords = ({ link, here }: { readonly link: string | number; readonly here: string | number }): string =>
  link === here ? String(link) : `${link}, here ${here}`;

const differingFirst = (a: CellCompared, b: CellCompared): number => Number(a.same) - Number(b.same);

interface RowProps {
  readonly words: string;
  readonly cell: CellCompared;
}

function Row({ words, cell: { loss, shape, represented, norms, same } }: RowProps): ReactNode {
  return (
    <tr data-differs={same ? undefined : ''}>
      <th scope="row">{words}</th>
      <td>{lossWords(loss.link)}</td>
      <td>{lossWords(loss.here)}</td>
      <td>{bothWords(shape)}</td>
      <td>{bothWords(represented)}</td>
      <td>{norms === 0 ? '0' : norms.toExponential(1)}</td>
    </tr>
  );
}
