'use client';
/** The timeline: the chosen model's loss as a sparkline, and a playhead to take hold of, alone or for the group. */
import { Pause, Play, SkipForward } from 'lucide-react';
import { useCallback, type CSSProperties, type ReactNode } from 'react';
import { PERSON_COLOURS } from '#lib/room/person';
import type { RunSpec } from '#lib/spec/spec';
import { StepNotes } from '../_annotations/marks.tsx';
import { formatCount } from '../_figures/scales.ts';
import { betweenSteps, timelinePosition, timelineStep } from '../_figures/showing.ts';
import { Sparkline } from '../_figures/sparkline.tsx';
import type { Pixel } from '../_figures/spot.ts';
import type { Size } from '../_figures/use-size.ts';
import { BoxCursors } from '../_people/cursors.tsx';
import { useSession, useTime, useTimeActions } from '../_session/react.tsx';
import type { RunView } from '../_session/state.ts';
import { handOn } from '../_session/time.ts';
import { ChangeMarks } from '../_time/change-marks.tsx';
import { GroupButton, GroupMark, GroupWords } from '../_time/group-button.tsx';
import time from '../_time/time.module.css';
import { usePlayback, type Playback } from '../_time/use-playback.ts';
import styles from './room.module.css';
import type { RoomShowing } from './use-room-showing.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** Positions along the track: finer than the frames that are kept, so that it glides. */
const POSITIONS = 1_000;

interface ScrubberProps extends RoomShowing {
  readonly spec: RunSpec;
  readonly run: RunView | null;
  readonly cell: number;
}

export function Scrubber({ spec, run, cell, shown, scrubbed, onScrub }: ScrubberProps): ReactNode {
  const step = Math.round(shown?.step ?? 0);
  const newest = newestStep(run);
  const id = run?.record.id;
  const place = (at: number): number => timelinePosition(at, spec.steps);
  const playback = usePlayback({ run: id, steps: spec.steps, step, newest, onStep: onScrub });
  const goTo = (to: number | null): void => {
    playback.stop();
    onScrub(to === null ? null : Math.min(to, newest));
  };
  useTimeKeys(run, step, playback, goTo);
  const colour = useHandColour();
  return (
    <div
      className={styles['scrubber']}
      style={{ '--share': place(step), ...(colour === null ? {} : { '--playhead': colour }) } as CSSProperties}
    >
      <PlayButton playback={playback} disabled={shown === null || newest === 0} />
      <p className={styles['step']}>
        <span data-testid="step-label">{formatCount(step)}</span> <small>of {formatCount(spec.steps)} steps</small>
      </p>
      <div className={styles['track']} data-testid="track">
        <GroupWords />
        <Sparkline points={run?.metrics ?? []} cell={cell} steps={spec.steps} />
        <input
          type="range"
          aria-label="Step shown"
          aria-valuetext={`step ${formatCount(step)}`}
          min={0}
          max={POSITIONS}
          value={Math.round(place(step) * POSITIONS)}
          disabled={shown === null}
          onChange={(event) => {
            goTo(timelineStep(event.currentTarget.valueAsNumber / POSITIONS, spec.steps));
          }}
        />
        <span className={styles['stepNotes']}>
          <GroupMark run={id} position={place} />
          {run === null ? null : <ChangeMarks record={run.record} position={place} onGo={goTo} />}
          <StepNotes position={place} />
        </span>
        <BoxCursors figure="timeline" cell={cell} places={useTrackPlane(spec.steps)} />
      </div>
      <div className={time['tools']}>
        <SpeedButton playback={playback} />
        <GroupButton />
        <TimeButton shown={shown} scrubbed={scrubbed} onScrub={goTo} />
      </div>
    </div>
  );
}

/** px on either side of the track: room.module.css */
const TRACK_PAD = 8;

/** Steps along the track, and shares of its height. */
function useTrackPlane(steps: number) {
  return useCallback(
    ({ width, height }: Size) => {
      const length = Math.max(1, width - 2 * TRACK_PAD);
      return {
        point: ({ x, y }: Pixel): Pixel => ({
          x: betweenSteps((x - TRACK_PAD) / length, steps),
          y: y / height,
        }),
        pixel: ({ x, y }: Pixel): Pixel => ({
          x: TRACK_PAD + timelinePosition(Math.min(x, steps), steps) * length,
          y: y * height,
        }),
      };
    },
    [steps],
  );
}

export const newestStep = (run: RunView | null): number =>
  Math.max(run?.bestTimeline?.entries.at(-1)?.step ?? 0, run?.latest?.step ?? 0);

/** How far it has come, whether or not its frames are here yet. */
export const reachedStep = (run: RunView | null): number => Math.max(newestStep(run), run?.record.status.step ?? 0);

/** The playhead is in the colour of whoever moves it. */
function useHandColour(): string | null {
  const me = useSession((state) => state.me?.id ?? null);
  const hand = useTime((state) => handOn(state, me)?.colour ?? null);
  return hand === null ? null : (PERSON_COLOURS[hand] ?? null);
}

/** From one kept step to the next, play, and into or out of the group. */
function useTimeKeys(run: RunView | null, step: number, playback: Playback, goTo: (step: number | null) => void): void {
  const together = useTime((state) => state.together);
  const { join } = useTimeActions();
  const kept = (run?.bestTimeline ?? run?.timeline)?.entries ?? [];
  useShortcuts({
    '[': () => {
      goTo(kept.findLast((entry) => entry.step < step)?.step ?? 0);
    },
    ']': () => {
      goTo(kept.find((entry) => entry.step > step)?.step ?? newestStep(run));
    },
    p: playback.toggle,
    g: () => {
      join(!together);
    },
  });
}

interface PlayButtonProps {
  readonly playback: Playback;
  readonly disabled: boolean;
}

function PlayButton({ playback, disabled }: PlayButtonProps): ReactNode {
  const label = playback.playing ? 'Stop playing (P)' : 'Play the steps (P)';
  return (
    <button
      type="button"
      className={time['play']}
      data-testid="play-steps"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={playback.toggle}
    >
      {playback.playing ? <Pause size={16} fill="currentColor" /> : <Play size={16} fill="currentColor" />}
    </button>
  );
}

function SpeedButton({ playback: { speed, faster } }: { readonly playback: Playback }): ReactNode {
  const words = `${speed === 0.5 ? '½' : speed}×`;
  return (
    <button
      type="button"
      className={time['speed']}
      aria-label={`Speed ${words}`}
      title="How fast the steps are played"
      onClick={faster}
    >
      {words}
    </button>
  );
}

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
