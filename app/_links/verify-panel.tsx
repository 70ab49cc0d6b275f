'use client';
/** Verify: the run once more on the reader's own machine, and what came of it beside what the link says. */
import { Check, Equal, ShieldCheck, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Link } from '#lib/link/link';
import type { CellCompared } from '#lib/link/compare';
import type { Verdict } from '#lib/link/verify';
import { cellCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import { cellWords } from '../_figures/cell-words.ts';
import { isMap } from '../_figures/is-map.ts';
import { formatCount, formatDensity } from '../_figures/scales.ts';
import { aboutSeconds } from '../_room/words.ts';
import { DRAWN, drawCells, mayDiffer } from './drawn-cells.ts';
import type { Scope, Verify } from './verifying.ts';
import styles from './viewer.module.css';

type Progress =
  | { readonly phase: 'ready' }
  | { readonly phase: 'training'; readonly step: number }
  | { readonly phase: 'done'; readonly verdict: Verdict; readonly scope: Scope }
  | { readonly phase: 'failed'; readonly message: string };

const READY: Progress = { phase: 'ready' };

interface Verifying {
  readonly progress: Progress;
  readonly begin: (scope: Scope) => void;
  readonly stop: () => void;
}

function useVerifying(link: Link, verify: Verify): Verifying {
  const [progress, setProgress] = useState<Progress>(READY);
  const stop = useRef<AbortController | null>(null);
  // Whoever has gone on to another page trains no longer.
  useEffect(() => () => stop.current?.abort(), []);
  const begin = (scope: Scope): void => {
    const stopping = (stop.current = new AbortController());
    setProgress({ phase: 'training', step: 0 });
    const reached = (step: number): void => {
      setProgress({ phase: 'training', step });
    };
    verify(link, scope, reached, stopping.signal).then(
      (verdict) => {
        setProgress({ phase: 'done', verdict, scope });
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        setProgress(stopping.signal.aborted ? READY : { phase: 'failed', message });
      },
    );
  };
  return { progress, begin, stop: () => stop.current?.abort() };
}

interface VerifyPanelProps {
  readonly link: Link;
  readonly verify: Verify;
  /** False while the link has not arrived whole. */
  readonly whole: boolean;
  /** The one that is open: of a sweep it can be verified by itself. */
  readonly cell?: number;
}

export function VerifyPanel({ link, verify, whole, cell }: VerifyPanelProps): ReactNode {
  const { progress, begin, stop } = useVerifying(link, verify);
  const sweep = isSweep(link.spec);
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
            begin(sweep ? drawCells(cellCount(link.spec), DRAWN, Math.random) : 'shown');
          }}
        >
          <ShieldCheck size={16} /> {training ? 'Training…' : progress.phase === 'done' ? 'Verify again' : 'Verify'}
        </button>
        {sweep && cell !== undefined ? (
          <button
            type="button"
            className={styles['secondary']}
            data-testid="verify-cell"
            disabled={!whole || training}
            onClick={() => {
              begin([cell]);
            }}
          >
            Verify the open cell
          </button>
        ) : null}
        <p className={styles['verifyWords']}>
          {training ? (
            <progress value={progress.step} max={link.spec.steps} aria-label="Steps trained" />
          ) : (
            `Trains ${scopeWords(link.spec)} once more in this browser, and compares every number. Nothing is sent.`
          )}
        </p>
        {training ? (
          <button type="button" className={styles['plain']} onClick={stop}>
            Stop
          </button>
        ) : null}
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
          scope={progress.scope}
          onAll={() => {
            begin(sweep ? allCells(link.spec) : 'all');
          }}
        />
      ) : null}
    </section>
  );
}

const scopeWords = (spec: RunSpec): string =>
  isSweep(spec) && cellCount(spec) > DRAWN ? `${DRAWN} cells, drawn at random,` : 'it';

const allCells = (spec: RunSpec): readonly number[] => Array.from({ length: cellCount(spec) }, (_, cell) => cell);

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
  readonly scope: Scope;
  readonly onAll: () => void;
}

function Outcome({ spec, verdict, scope, onAll }: OutcomeProps): ReactNode {
  const { kind, why, models, cells } = verdict;
  const listed = cells.length <= LISTED ? cells : [...cells].sort(differingFirst).slice(0, LISTED);
  const wordsOf = ({ cell, density }: CellCompared): string =>
    isMap(spec) ? cellWords(spec, cell) : formatDensity(density).S;
  const Sign = SIGNS[kind];
  const some = models.trained < models.of;
  /** Of a sweep. */
  const chosen = typeof scope === 'object' ? scope : null;
  const trained = chosen?.length ?? cells.length;
  return (
    <div className={styles['verdict']} data-kind={kind} role="status">
      <p className={styles['verdictName']}>
        <Sign size={20} strokeWidth={2.5} aria-hidden /> <strong data-testid="verdict">{WORDS[kind]}</strong>
      </p>
      <p className={styles['why']}>
        {why} {chosen === null ? modelsWords(verdict) : cellsWords(spec, verdict, chosen)}{' '}
        {some ? (
          <button type="button" className={styles['plain']} onClick={onAll}>
            {chosen === null ? `Train all ${models.of}` : allWords(spec, verdict)}
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
      {listed.length === trained ? null : (
        <p className={styles['why']}>
          {listed.length} of {formatCount(trained)} cells are listed; {cells.filter(({ same }) => !same).length} differ.
        </p>
      )}
    </div>
  );
}

const onWords = ({ engine, seconds }: Verdict): string => `on ${engine.name}, in ${seconds.toFixed(1)} s.`;

function modelsWords(verdict: Verdict): string {
  const { trained, of } = verdict.models;
  return `${trained < of ? `The ${trained} models shown` : `All ${of} models`}, ${onWords(verdict)}`;
}

/** "Train all 4,356, about 28 s" */
const allWords = (spec: RunSpec, { seconds, models }: Verdict): string =>
  `Train all ${formatCount(cellCount(spec))}, ${aboutSeconds((seconds * models.of) / models.trained)}`;

/** Of a sweep: which cells, and what these say of the others. */
function cellsWords(spec: RunSpec, verdict: Verdict, cells: readonly number[]): string {
  const [{ length }, all] = [cells, cellCount(spec)];
  const models = spec.replicas === 1 ? '' : ` of ${spec.replicas} models`;
  // Another may be open by now.
  if (length === 1) return `One cell${models}, ${cellWords(spec, cells[0] ?? 0)}, ${onWords(verdict)}`;
  const each = models === '' ? '' : `${models} each`;
  if (length === all) return `All ${formatCount(all)} cells${each}, ${onWords(verdict)}`;
  const told = `${length} of ${formatCount(all)} cells${each}, drawn at random, ${onWords(verdict)}`;
  if (verdict.kind !== 'identical') return told;
  return `${told} With 95% confidence at most ${Math.ceil(100 * mayDiffer(length))}% of all cells differ.`;
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
