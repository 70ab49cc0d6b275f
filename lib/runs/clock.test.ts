import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SHOWING_MS, shownStep } from './clock.ts';

test('a fast run is shown over three seconds, log-spaced: half of the time for the first 100 of 10,000 steps', () => {
  expect([0, SHOWING_MS / 2, SHOWING_MS].map((elapsed) => Math.round(shownStep(elapsed, 10_000, 10_000)))).toEqual([
    0, 99, 10_000,
  ]);
});

test('a long run is shown live: never past the newest step', () => {
  expect(shownStep(60_000, 200_000, 1_234)).toBe(1_234);
});

test('it never goes back, and stays within the run', () => {
  const time = fc.double({ min: -1e4, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(time, time, fc.integer({ min: 1, max: 200_000 }), (a, b, steps) => {
      const [earlier, later] = [shownStep(Math.min(a, b), steps, steps), shownStep(Math.max(a, b), steps, steps)];
      return earlier >= 0 && earlier <= later && later <= steps;
    }),
  );
});
