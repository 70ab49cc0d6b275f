import { expect, test } from 'vitest';
import { emptyTimeline, type Timeline } from '#lib/runs/timeline';
import type { Frame } from '#lib/runs/frame';
import { indexOfStep, keptStepsOf } from './kept-steps.ts';

const frame = (step: number): Frame => ({
  ...{ version: 1, run: 'r'.repeat(22), lease: 1, seq: 1, step, from: 0, kept: true },
  tensors: [],
});
const timeline = (...steps: readonly number[]): Timeline<Frame> => ({
  entries: steps.map((step) => ({ step, bytes: 0, frame: frame(step) })),
  bytes: 0,
});

test('of a run that goes on: what is kept, and the newest', () => {
  const run = { timeline: timeline(0, 1, 20), bestTimeline: null };
  expect(keptStepsOf({ ...run, latest: frame(23) })).toEqual([0, 1, 20, 23]);
  expect(keptStepsOf({ ...run, latest: frame(20) })).toEqual([0, 1, 20]);
  expect(keptStepsOf({ timeline: emptyTimeline(), bestTimeline: null, latest: null })).toEqual([]);
});

test('of a run that is over: those of its best models', () => {
  const run = { timeline: timeline(0, 1, 20), latest: frame(40) };
  expect(keptStepsOf({ ...run, bestTimeline: timeline(0, 40) })).toEqual([0, 40]);
  expect(keptStepsOf({ ...run, bestTimeline: emptyTimeline() })).toEqual([0, 1, 20, 40]);
});

test('one is at the newest until one goes to another, and each place of the track is another step', () => {
  const kept = [0, 1, 2, 20, 400];
  expect(indexOfStep(kept, null)).toBe(4);
  expect(kept.map((step) => indexOfStep(kept, step))).toEqual([0, 1, 2, 3, 4]);
  expect(indexOfStep(kept, 19)).toBe(2);
  expect(indexOfStep(kept, 9_000)).toBe(4);
  expect(indexOfStep([5, 9], 1)).toBe(0);
  expect(indexOfStep([], null)).toBe(0);
});
