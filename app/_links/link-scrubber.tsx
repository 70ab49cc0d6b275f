'use client';
/** The timeline of a link: its loss as a sparkline, a playhead, and a button that lets it form once. */
import { Pause, Play } from 'lucide-react';
import { useEffect, useState, type CSSProperties, type ReactNode } from 'react';
import type { MetricsEvent } from '#lib/runs/events';
import { SHOWING_MS, shownStep } from '#lib/runs/clock';
import { formatCount } from '../_figures/scales.ts';
import { timelinePosition, timelineStep } from '../_figures/showing.ts';
import { Sparkline } from '../_figures/sparkline.tsx';
import styles from './viewer.module.css';

const POSITIONS = 1_000;

interface LinkScrubberProps {
  readonly step: number;
  readonly steps: number;
  readonly points: readonly MetricsEvent[];
  readonly cell: number;
  readonly onStep: (step: number) => void;
}

export function LinkScrubber({ step, steps, points, cell, onStep }: LinkScrubberProps): ReactNode {
  const { playing, play, stop } = usePlaying(steps, onStep);
  const position = timelinePosition(step, steps);
  return (
    <div className={styles['scrubber']} style={{ '--share': position } as CSSProperties}>
      <button
        type="button"
        className={styles['play']}
        aria-label={playing ? 'Stop' : 'Watch it form'}
        title={playing ? 'Stop' : 'Watch it form'}
        onClick={playing ? stop : play}
      >
        {playing ? <Pause size={15} fill="currentColor" /> : <Play size={15} fill="currentColor" />}
      </button>
      <div className={styles['track']}>
        <Sparkline points={points} cell={cell} steps={steps} />
        <input
          type="range"
          aria-label="Step shown"
          aria-valuetext={`step ${formatCount(step)}`}
          min={0}
          max={POSITIONS}
          value={Math.round(position * POSITIONS)}
          onChange={(event) => {
            stop();
            onStep(timelineStep(event.currentTarget.valueAsNumber / POSITIONS, steps));
          }}
        />
      </div>
      <p className={styles['step']}>
        <span data-testid="step-label">{formatCount(step)}</span> <small>of {formatCount(steps)} steps</small>
      </p>
    </div>
  );
}

interface Playing {
  readonly playing: boolean;
  readonly play: () => void;
  readonly stop: () => void;
}

/** From the first step to the last at the pace of every showing, once. Who asks for less motion sees the end. */
function usePlaying(steps: number, onStep: (step: number) => void): Playing {
  const [from, setFrom] = useState<number | null>(null);
  useEffect(() => {
    if (from === null) return undefined;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    let handle = 0;
    const tick = (): void => {
      const elapsed = still ? SHOWING_MS : performance.now() - from;
      onStep(shownStep(elapsed, steps, steps));
      if (elapsed >= SHOWING_MS) setFrom(null);
      else handle = requestAnimationFrame(tick);
    };
    handle = requestAnimationFrame(tick);
    return () => {
      cancelAnimationFrame(handle);
    };
  }, [from, steps, onStep]);
  return {
    playing: from !== null,
    play: () => {
      setFrom(performance.now());
    },
    stop: () => {
      setFrom(null);
    },
  };
}
