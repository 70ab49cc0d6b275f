'use client';
/** The figure of a claim, from the ledger; an exact one is computed again before the reader who asks for it. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { LedgerClaim, MeasuredQuantity } from '#lib/experiments/ledger';
import type { Curves as Data } from '#lib/experiments/picture';
import { Curves } from '../_figures/curves.tsx';
import { Intervals, intervalsOf } from '../_figures/intervals.tsx';
import type { ClaimReport, ClaimRequest } from './claim-report.ts';
import quiet from '../_home/quiet-button.module.css';
import styles from './claims.module.css';

type Figured = Pick<LedgerClaim, 'experiment' | 'id' | 'sentence' | 'kind' | 'quantities' | 'curves'>;

export function ClaimFigure({ claim }: { readonly claim: Figured }): ReactNode {
  const { held, begin } = useHolding(claim);
  const quantities = held.phase === 'held' ? held.quantities : claim.quantities;
  return (
    <>
      <Drawn claim={claim} held={held} quantities={quantities} />
      {claim.kind === 'exact' ? <SeeIt held={held} onBegin={begin} /> : null}
    </>
  );
}

interface DrawnProps {
  readonly claim: Figured;
  readonly held: Held;
  readonly quantities: readonly MeasuredQuantity[];
}

function Drawn({ claim: { sentence, curves }, held, quantities }: DrawnProps): ReactNode {
  const rows = intervalsOf(quantities).length;
  if (curves !== undefined)
    return (
      <Curves
        name={sentence}
        curves={held.phase === 'rest' ? curves : { ...curves, points: held.points }}
        frame={curves}
        mark={held.phase === 'computing' ? null : markOf(curves, quantities)}
        className={styles['curves'] ?? ''}
      />
    );
  if (rows === 0) return null;
  return (
    <div style={{ '--rows': rows } as React.CSSProperties}>
      <Intervals name={sentence} quantities={quantities} className={styles['intervals'] ?? ''} />
    </div>
  );
}

function markOf({ mark }: Data, quantities: readonly MeasuredQuantity[]): number | null {
  const [measured] = quantities.find(({ name }) => name === mark)?.measured ?? [];
  return typeof measured === 'number' ? measured : null;
}

type Held =
  | { readonly phase: 'rest' }
  | { readonly phase: 'computing'; readonly points: Data['points'] }
  | {
      readonly phase: 'held';
      readonly points: Data['points'];
      readonly quantities: readonly MeasuredQuantity[];
      readonly isAsExpected: boolean;
      readonly seconds: number;
    }
  | { readonly phase: 'failed'; readonly points: Data['points']; readonly message: string };

const AT_REST: Held = { phase: 'rest' };

/** A worker of its own for each time: it ends with its answer, or when the claim goes. */
function useHolding({ experiment, id }: ClaimRequest): { readonly held: Held; readonly begin: () => void } {
  const [held, setHeld] = useState(AT_REST);
  const worker = useRef<Worker | null>(null);
  useEffect(
    () => () => {
      worker.current?.terminate();
    },
    [],
  );
  const begin = (): void => {
    worker.current?.terminate();
    // Turbopack recognises exactly this form and makes the worker a bundle of its own.
    const own = new Worker(new URL('./claim.worker.ts', import.meta.url), { type: 'module' });
    worker.current = own;
    own.addEventListener('message', ({ data }: MessageEvent<ClaimReport>) => {
      setHeld((before) => after(before, data));
      if (data.type !== 'point') own.terminate();
    });
    own.addEventListener('error', () => {
      setHeld((before) => after(before, { type: 'failed', message: 'The worker failed: reload the page.' }));
    });
    setHeld({ phase: 'computing', points: [] });
    own.postMessage({ experiment, id } satisfies ClaimRequest);
  };
  return { held, begin };
}

function after(before: Held, report: ClaimReport): Held {
  const points = before.phase === 'rest' ? [] : before.points;
  switch (report.type) {
    case 'point':
      return { phase: 'computing', points: [...points, report.point] };
    case 'failed':
      return { phase: 'failed', points, message: report.message };
    case 'held': {
      const { isAsExpected, seconds } = report;
      const quantities = report.quantities.map((quantity) => ({ ...quantity, measured: [quantity.measured] }));
      return { phase: 'held', points, quantities, isAsExpected, seconds };
    }
  }
}

function SeeIt({ held, onBegin }: { readonly held: Held; readonly onBegin: () => void }): ReactNode {
  const computing = held.phase === 'computing';
  return (
    <p className={styles['see']}>
      <button type="button" className={quiet['quiet']} disabled={computing} onClick={onBegin}>
        {computing ? 'Computing…' : 'See it happen'}
      </button>
      <span role="status" data-testid="held">
        {wordsOf(held)}
      </span>
    </p>
  );
}

function wordsOf(held: Held): string {
  if (held.phase === 'failed') return held.message;
  if (held.phase !== 'held') return '';
  const verdict = held.isAsExpected
    ? 'every quantity is where it is expected'
    : 'a quantity is not where it is expected';
  return `Computed in this browser, in ${held.seconds.toFixed(2)} s: ${verdict}.`;
}
