import { describe, expect, it } from 'vitest';
import { SHOWING_MS } from '#lib/runs/clock';
import {
  advance,
  atRest,
  elapsedAt,
  momentOf,
  REVEAL_MS,
  skip,
  startClock,
  timelinePosition,
  timelineStep,
  type ShownRun,
} from './showing.ts';

const fast: ShownRun = {
  id: 'run',
  startedAt: 1_000,
  steps: 10_000,
  latest: 10_000,
  paused: false,
  finished: true,
};
const at = (run: ShownRun, now: number) => advance(startClock(run), run, now);

describe('a fast run', () => {
  it('is shown over three seconds by the server’s clock, then becomes the best replica', () => {
    expect(momentOf(at(fast, 1_000), fast)).toEqual({ step: 0, reveal: 0 });
    expect(momentOf(at(fast, 1_000 + SHOWING_MS / 2), fast).step).toBeCloseTo(99, 0);
    expect(momentOf(at(fast, 1_000 + SHOWING_MS), fast)).toEqual({ step: 10_000, reveal: 0 });
    expect(momentOf(at(fast, 1_000 + SHOWING_MS + REVEAL_MS), fast)).toEqual({ step: 10_000, reveal: 1 });
  });

  it('is there at once for who comes later or skips', () => {
    expect(momentOf(at(fast, 9_000_000), fast).reveal).toBe(1);
    expect(momentOf(skip(at(fast, 1_100), 1_100), fast)).toEqual({ step: 10_000, reveal: 1 });
  });

  it('rests only when the best replica stands', () => {
    expect(atRest(at(fast, 1_000 + SHOWING_MS), fast)).toBe(false);
    expect(atRest(at(fast, 1_000 + SHOWING_MS + REVEAL_MS), fast)).toBe(true);
  });
});

describe('a long run', () => {
  const long = { ...fast, latest: 4_000, finished: false };

  it('is shown live, never past its newest step, and its best comes when it ends', () => {
    const live = at(long, 60_000);
    expect(momentOf(live, long)).toEqual({ step: 4_000, reveal: 0 });
    const ended = advance(live, fast, 61_000);
    expect(momentOf(ended, fast)).toEqual({ step: 10_000, reveal: 0 });
    expect(momentOf(advance(ended, fast, 61_000 + REVEAL_MS / 2), fast).reveal).toBeCloseTo(0.5);
  });
});

describe('a paused run', () => {
  it('holds the showing at its step, and goes on from there however long the pause', () => {
    const paused = { ...fast, latest: 99, paused: true, finished: false };
    const held = advance(at(paused, 2_000), paused, 600_000);
    expect(momentOf(held, paused).step).toBeCloseTo(99);
    expect(atRest(held, paused)).toBe(true);
    const resumed = advance(held, { ...fast, finished: false }, 600_016);
    expect(momentOf(resumed, fast).step).toBeGreaterThan(99);
    expect(momentOf(resumed, fast).step).toBeLessThan(120);
  });
});

describe('the timeline', () => {
  it('is even in log(step + 1), and goes back and forth', () => {
    expect(elapsedAt(10_000, 10_000)).toBe(SHOWING_MS);
    expect(timelinePosition(0, 10_000)).toBe(0);
    for (const step of [0, 1, 17, 2_500, 10_000])
      expect(timelineStep(timelinePosition(step, 10_000), 10_000)).toBe(step);
  });
});
