'use client';
/** Before a link is made: which engine its run carries, and, where its bits are a machine's own, the offer to train it once more. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Result } from '#lib/base/result';
import { isPortable, replayRun, whyNotReplayed, type ReplayedRun } from '#lib/link/replay';
import { workOf } from '#lib/engine/work';
import type { RunRecord } from '#lib/runs/record';
import { createBrowserHost, createPortableTrainer } from '../_compute/browser-trainer.ts';
import { useSession } from '../_session/react.tsx';
import styles from './share-sheet.module.css';
import { aboutSeconds } from './words.ts';

export interface TrainAgain {
  readonly run: RunRecord | null;
  readonly wanted: boolean;
  readonly want: (wanted: boolean) => void;
  /** Reached while it trains; null: it does not. */
  readonly step: number | null;
  /** null: it is not to be. */
  readonly train: () => Promise<Result<ReplayedRun> | null>;
}

export function useTrainAgain(run: RunRecord | null): TrainAgain {
  const [wanted, want] = useState(true);
  const [step, setStep] = useState<number | null>(null);
  const stop = useRef<(() => void) | null>(null);
  useEffect(
    () => () => {
      stop.current?.();
    },
    [],
  );
  async function train(): Promise<Result<ReplayedRun> | null> {
    if (run === null || !wanted || isPortable(run) || whyNotReplayed(run) !== undefined) return null;
    const trainer = createPortableTrainer();
    const host = createBrowserHost();
    stop.current = () => {
      host.setTarget('stop');
    };
    setStep(0);
    try {
      return await replayRun(run, trainer, host, setStep);
    } finally {
      stop.current = null;
      trainer.close();
      setStep(null);
    }
  }
  return { run, wanted, want, step, train };
}

export function EngineWords({ again }: { readonly again: TrainAgain }): ReactNode {
  const { run, wanted, want } = again;
  const pace = useSession((state) => state.browserPace);
  const engine = run?.engine ?? null;
  if (run === null || engine === null) return null;
  const { name } = engine;
  if (isPortable(run))
    return (
      <p className={styles['explained']} data-testid="link-engine">
        Trained by {name}: anyone can train it again, to the same bits.
      </p>
    );
  const why = whyNotReplayed(run);
  const part = run.lease > 1 ? 'by several machines' : `by ${name}, whose bits are its machine’s own`;
  return (
    <div className={styles['explained']} data-testid="link-engine">
      <p>
        Trained {part}: who verifies the link finds the same solution, not the same bits.
        {why === undefined ? '' : ` ${why}`}
      </p>
      {why === undefined ? (
        <label className={styles['line']}>
          <input
            type="checkbox"
            checked={wanted}
            onChange={(event) => {
              want(event.currentTarget.checked);
            }}
          />
          <span>
            First train it once more here, for the same bits everywhere
            {pace === null ? '' : ` (${aboutSeconds(workOf(run.spec) / pace)})`}. It may find another of the minima.
          </span>
        </label>
      ) : null}
    </div>
  );
}
