'use client';
/** Plays a run's kept steps from where one is to the newest, along the timeline's own scale. */
import { useEffect, useEffectEvent, useState } from 'react';
import { timelinePosition, timelineStep } from '../_figures/showing.ts';

/** A whole run at speed 1, ms: slow enough to talk over. */
const PLAY_MS = 8_000;

const SPEEDS = [0.5, 1, 2, 4] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Playback {
  readonly playing: boolean;
  readonly speed: Speed;
  readonly toggle: () => void;
  readonly faster: () => void;
  /** A hand on the time ends it. */
  readonly stop: () => void;
}

interface Played {
  readonly run: string | undefined;
  readonly steps: number;
  readonly step: number;
  readonly newest: number;
  readonly onStep: (step: number) => void;
}

/** Share of the whole timeline that is played in `elapsed` ms. A clock that goes back plays nothing. */
export const playedIn = (elapsed: number, speed: Speed): number => (Math.max(0, elapsed) * speed) / PLAY_MS;

/** From where it is played: from the start, where nothing is left. */
export const playedFrom = (step: number, newest: number, steps: number): number =>
  timelinePosition(step >= newest ? 0 : step, steps);

/** The step at `position`, never one that is not there yet; `ends` where no more are. */
export function playedTo(
  position: number,
  newest: number,
  steps: number,
): { readonly step: number; readonly ends: boolean } {
  const step = Math.min(timelineStep(position, steps), newest);
  return { step, ends: step >= newest };
}

export const nextSpeed = (speed: Speed): Speed => SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1;

export function usePlayback({ run, steps, step, newest, onStep }: Played): Playback {
  const [playing, setPlaying] = useState<string | null>(null);
  const [speed, setSpeed] = useState<Speed>(1);
  const goes = playing !== null && playing === run;
  const to = useEffectEvent((position: number): boolean => {
    const next = playedTo(position, newest, steps);
    onStep(next.step);
    if (next.ends) setPlaying(null);
    return !next.ends;
  });
  const begin = useEffectEvent((): number => playedFrom(step, newest, steps));

  useEffect(() => {
    if (!goes) return undefined;
    let position = begin();
    let before = performance.now();
    let handle = 0;
    const tick = (now: number): void => {
      position += playedIn(now - before, speed);
      before = now;
      if (to(position)) handle = requestAnimationFrame(tick);
    };
    handle = requestAnimationFrame(tick);
    return () => {
      cancelAnimationFrame(handle);
    };
  }, [goes, speed]);

  return {
    playing: goes,
    speed,
    toggle: () => {
      setPlaying(goes ? null : (run ?? null));
    },
    faster: () => {
      setSpeed(nextSpeed(speed));
    },
    stop: () => {
      setPlaying(null);
    },
  };
}
