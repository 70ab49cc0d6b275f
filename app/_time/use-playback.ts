'use client';
/** Plays a run's kept steps from where one is to the newest, along the timeline's own scale. */
import { useEffect, useEffectEvent, useState } from 'react';
import { timelinePosition, timelineStep } from '../_figures/showing.ts';

/** A whole run at speed 1, ms: slow enough to talk over. */
const PLAY_MS = 8_000;

export const SPEEDS = [0.5, 1, 2, 4] as const;
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

export function usePlayback({ run, steps, step, newest, onStep }: Played): Playback {
  const [playing, setPlaying] = useState<string | null>(null);
  const [speed, setSpeed] = useState<Speed>(1);
  const goes = playing !== null && playing === run;
  const to = useEffectEvent((position: number): boolean => {
    const next = Math.min(timelineStep(position, steps), newest);
    onStep(next);
    if (next < newest) return true;
    setPlaying(null);
    return false;
  });
  const begin = useEffectEvent((): number => timelinePosition(step >= newest ? 0 : step, steps));

  useEffect(() => {
    if (!goes) return undefined;
    let position = begin();
    let before = performance.now();
    let handle = 0;
    const tick = (now: number): void => {
      position += (Math.max(0, now - before) * speed) / PLAY_MS;
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
      setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1);
    },
    stop: () => {
      setPlaying(null);
    },
  };
}
