'use client';
/** Drives a run's showing with the screen's own frames, only while something moves. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Frame } from '#lib/runs/frame';
import type { Timeline } from '#lib/runs/timeline';
import type { RunSpec } from '#lib/spec/spec';
import type { CellView } from './cell-view.ts';
import { chainToLast, createChain, createMeasure, reveal, viewsAt, type KeptViews } from './formation.ts';
import {
  advance,
  atRest,
  momentOf,
  skip,
  startClock,
  type Moment,
  type ShowingClock,
  type ShownRun,
} from './showing.ts';

/** The frames of a run as a client holds them: one instance per cell. */
export interface Formation {
  readonly id: string;
  readonly spec: RunSpec;
  /** ms on the server's clock */
  readonly startedAt: number;
  readonly paused: boolean;
  /** Of the replica shown while training. */
  readonly timeline: Timeline<Frame>;
  readonly latest: Frame | null;
  /** Of the best replicas, once they are known. */
  readonly bestTimeline: Timeline<Frame> | null;
}

export interface Shown {
  readonly step: number;
  /** [cells] */
  readonly views: readonly CellView[];
  /** The best replicas stand. */
  readonly best: boolean;
  readonly moving: boolean;
  readonly skip: () => void;
}

/**
 * What to draw of `formation` now, or at step `scrubbed`; null while there is nothing to draw.
 * `serverNow` gives ms on the server's clock.
 */
export function useShowing(
  formation: Formation | null,
  scrubbed: number | null,
  serverNow: () => number,
): Shown | null {
  const shownChain = useShownChain(formation);
  const bestChain = useBestChain(formation);
  const run = formation === null ? null : shownRunOf(formation, shownChain, bestChain);
  const { clock, skipNow } = useShowingClock(run, serverNow);
  if (run === null || clock?.run !== run.id) return null;

  const moment = momentOf(clock, run);
  const best = moment.reveal === 1 && bestChain.length > 0;
  const step = scrubbed ?? moment.step;
  const views =
    best || shownChain.length === 0
      ? viewsAt(bestChain, step)
      : reveal(viewsAt(shownChain, step), bestChain.at(-1)?.views ?? [], scrubbed === null ? moment.reveal : 0);
  return views.length === 0 ? null : { step, views, best, moving: !atRest(clock, run), skip: skipNow };
}

/** The showing's moment alone, for a figure that makes its own of a frame. */
export function useShownMoment(run: ShownRun | null, serverNow: () => number): ShownMoment | null {
  const { clock, skipNow } = useShowingClock(run, serverNow);
  if (run === null || clock?.run !== run.id) return null;
  return { ...momentOf(clock, run), moving: !atRest(clock, run), skip: skipNow };
}

export type ShownMoment = Moment & Pick<Shown, 'moving' | 'skip'>;

function shownRunOf(
  { id, spec, startedAt, paused, bestTimeline }: Formation,
  shownChain: readonly KeptViews[],
  bestChain: readonly KeptViews[],
): ShownRun {
  const finished = bestTimeline !== null && bestChain.length > 0;
  const latest = shownChain.at(-1)?.step ?? (finished ? spec.steps : 0);
  return { id, startedAt, steps: spec.steps, latest, paused, finished };
}

function useShownChain(formation: Formation | null): readonly KeptViews[] {
  const [measure] = useState(createMeasure);
  const [chain] = useState(createChain);
  const { spec, timeline, latest } = formation ?? {};
  return useMemo(() => {
    if (spec === undefined || timeline === undefined) return [];
    const kept = timeline.entries.map(({ frame }) => frame);
    const newest = latest !== undefined && latest !== null && latest.step > (kept.at(-1)?.step ?? -1) ? [latest] : [];
    return chain([...kept, ...newest].map((frame) => measure(frame, spec.model)));
  }, [measure, chain, spec, timeline, latest]);
}

function useBestChain(formation: Formation | null): readonly KeptViews[] {
  const [measure] = useState(createMeasure);
  const { spec, bestTimeline } = formation ?? {};
  return useMemo(() => {
    if (spec === undefined || bestTimeline === undefined || bestTimeline === null) return [];
    return chainToLast(bestTimeline.entries.map(({ frame }) => measure(frame, spec.model)));
  }, [measure, spec, bestTimeline]);
}

interface DrivenClock {
  readonly clock: ShowingClock | null;
  readonly skipNow: () => void;
}

function useShowingClock(run: ShownRun | null, serverNow: () => number): DrivenClock {
  const [clock, setClock] = useState<ShowingClock | null>(null);
  const held = useRef<ShowingClock | null>(null);
  const { id, startedAt, steps, latest, paused, finished } = run ?? {};

  useEffect(() => {
    if (id === undefined || startedAt === undefined || steps === undefined) return undefined;
    const now = { id, startedAt, steps, latest: latest ?? 0, paused: paused === true, finished: finished === true };
    let handle = 0;
    const tick = (): void => {
      const before = held.current?.run === id ? held.current : null;
      held.current = advance(before ?? begin(now, serverNow()), now, serverNow());
      if (before === null || !isStill(before, held.current, now)) setClock(held.current);
      if (!atRest(held.current, now)) handle = requestAnimationFrame(tick);
    };
    handle = requestAnimationFrame(tick);
    return () => {
      cancelAnimationFrame(handle);
    };
  }, [id, startedAt, steps, latest, paused, finished, serverNow]);

  const skipNow = (): void => {
    if (held.current === null) return;
    held.current = skip(held.current, serverNow());
    setClock(held.current);
  };
  return { clock, skipNow };
}

/** A run watched live is drawn as its frames come: then the clock goes on, but says nothing new. */
const isStill = (before: ShowingClock, after: ShowingClock, run: ShownRun): boolean =>
  !run.paused && atRest(before, run) && atRest(after, run);

/** A viewer who asks for less motion is shown the newest at once. */
function begin(run: ShownRun, now: number): ShowingClock {
  const clock = startClock(run);
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? skip(clock, now) : clock;
}
