'use client';
/** The timeline: the chosen model's loss as a sparkline, and a playhead that this viewer may take hold of. */
import { SkipForward } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import type { RunSpec } from '#lib/spec/spec';
import { StepNotes } from '../_annotations/marks.tsx';
import { formatCount } from '../_figures/scales.ts';
import { timelinePosition, timelineStep } from '../_figures/showing.ts';
import { Sparkline } from '../_figures/sparkline.tsx';
import type { RunView } from '../_session/state.ts';
import styles from './room.module.css';
import type { RoomShowing } from './use-room-showing.ts';

/** Positions along the track: finer than the frames that are kept, so that it glides. */
const POSITIONS = 1_000;

interface ScrubberProps extends RoomShowing {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly cell: number;
}

export function Scrubber({ spec, run, cell, shown, scrubbed, onScrub }: ScrubberProps): ReactNode {
  const step = shown?.step ?? 0;
  const newest = newestStep(run);
  const position = timelinePosition(step, spec.steps);
  return (
    <div className={styles['scrubber']} style={{ '--share': position } as CSSProperties}>
      <p className={styles['step']}>
        <span data-testid="step-label">{formatCount(step)}</span> <small>of {formatCount(spec.steps)} steps</small>
      </p>
      <div className={styles['track']}>
        <span className={styles['stepNotes']}>
          <StepNotes position={(at) => timelinePosition(at, spec.steps)} />
        </span>
        <Sparkline points={run?.metrics ?? []} cell={cell} steps={spec.steps} />
        <input
          type="range"
          aria-label="Step shown"
          aria-valuetext={`step ${formatCount(step)}`}
          min={0}
          max={POSITIONS}
          value={Math.round(position * POSITIONS)}
          disabled={shown === null}
          onChange={(event) => {
            const to = timelineStep(event.currentTarget.valueAsNumber / POSITIONS, spec.steps);
            onScrub(Math.min(to, newest));
          }}
        />
      </div>
      <TimeButton shown={shown} scrubbed={scrubbed} onScrub={onScrub} />
    </div>
  );
}

export const newestStep = (run: RunView | null): number =>
  Math.max(run?.bestTimeline?.entries.at(-1)?.step ?? 0, run?.latest?.step ?? 0);

/** Back from a step of one's own, or ahead of a showing that one has seen. */
function TimeButton({ shown, scrubbed, onScrub }: RoomShowing): ReactNode {
  if (scrubbed !== null)
    return (
      <button
        type="button"
        className={styles['time']}
        onClick={() => {
          onScrub(null);
        }}
      >
        Live
      </button>
    );
  return (
    <button
      type="button"
      className={styles['time']}
      aria-label="Skip the showing"
      disabled={shown?.moving !== true}
      onClick={shown?.skip}
    >
      <SkipForward size={16} />
    </button>
  );
}
