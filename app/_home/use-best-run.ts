'use client';
import { useEffect, useRef, useState } from 'react';
import type { RemoteTrainer } from '#lib/engine/remote';
import { createBrowserHost, createBrowserTrainer } from '../_compute/browser-trainer.ts';
import { heroSpec, trainBest, type BestRun } from './train-best.ts';

/** A best run, and when its showing begins. */
export interface Formed {
  readonly id: string;
  /** Date.now(), ms */
  readonly startedAt: number;
  readonly run: BestRun;
}

/** A hand that has rested this long means it, ms. */
const REST_MS = 120;

/** Trains anew whenever `density` has come to rest; the figure before stands until the next is there. */
export function useBestRun(density: number): Formed | null {
  const [formed, setFormed] = useState<Formed | null>(null);
  const trainer = useRef<RemoteTrainer | null>(null);
  useEffect(() => {
    const engine = (trainer.current ??= createBrowserTrainer());
    const host = createBrowserHost();
    const train = async (): Promise<void> => {
      const run = await trainBest(engine, host, heroSpec(density));
      if (run !== null) setFormed({ id: `${density}`, startedAt: Date.now(), run });
    };
    const timer = setTimeout(() => void train(), REST_MS);
    return () => {
      clearTimeout(timer);
      host.setTarget('stop');
    };
  }, [density]);
  useEffect(
    () => () => {
      trainer.current?.close();
      trainer.current = null;
    },
    [],
  );
  return formed;
}
