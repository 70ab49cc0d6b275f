'use client';
/** The moment of a run that is looked at beside another: a time of its own, from one kept step to the next. */
import { useMemo, useState, type CSSProperties, type ReactNode } from 'react';
import controls from '../_controls/parameter.module.css';
import { formatCount } from '../_figures/scales.ts';
import type { RunView } from '../_session/state.ts';
import { indexOfStep, keptStepsOf } from './kept-steps.ts';

export interface StepBeside {
  readonly step: number;
  /** Ascending. */
  readonly kept: readonly number[];
  /** Among them. */
  readonly index: number;
  readonly goTo: (index: number) => void;
}

/** At its newest step until one goes to another, and again once one goes to the newest. */
export function useStepBeside({ record: { id }, timeline, bestTimeline, latest }: RunView): StepBeside {
  const [at, setAt] = useState<{ readonly run: string; readonly step: number } | null>(null);
  const kept = useMemo(() => keptStepsOf({ timeline, bestTimeline, latest }), [timeline, bestTimeline, latest]);
  const index = indexOfStep(kept, at?.run === id ? at.step : null);
  const goTo = (to: number): void => {
    const step = kept[to];
    setAt(step === undefined || to === kept.length - 1 ? null : { run: id, step });
  };
  return { step: kept[index] ?? 0, kept, index, goTo };
}

/** Kept steps are even in log(step + 1), and so is the track: an arrow key goes by one of them. */
export function StepSlider({ step, kept, index, goTo }: StepBeside): ReactNode {
  const last = Math.max(1, kept.length - 1);
  return (
    <input
      type="range"
      className={controls['slider']}
      style={{ '--share': index / last } as CSSProperties}
      aria-label="Step shown on the right"
      aria-valuetext={`step ${formatCount(step)}`}
      min={0}
      max={last}
      value={index}
      disabled={kept.length < 2}
      onChange={(event) => {
        goTo(event.currentTarget.valueAsNumber);
      }}
    />
  );
}
