import { expect, test } from 'vitest';
import { nextSpeed, playedFrom, playedIn, playedTo, type Speed } from './use-playback.ts';

const STEPS = 1_500;

/** Frames of `ms` from `step` on, until it ends → the steps shown. */
function play(step: number, newest: number, ms: number, speed: Speed): readonly number[] {
  const shown: number[] = [];
  let position = playedFrom(step, newest, STEPS);
  for (let frame = 0; frame < 10_000; frame++) {
    position += playedIn(ms, speed);
    const to = playedTo(position, newest, STEPS);
    shown.push(to.step);
    if (to.ends) return shown;
  }
  throw new Error('it never ends');
}

test('a whole run takes eight seconds at speed 1, a quarter of that at 4, whatever the screen’s frames', () => {
  expect(play(0, STEPS, 16, 1).length * 16).toBeCloseTo(8_000, -2);
  expect(play(0, STEPS, 50, 1).length * 50).toBeCloseTo(8_000, -2);
  expect(play(0, STEPS, 16, 4).length * 16).toBeCloseTo(2_000, -2);
});

test('steps only go up, and end at the newest there is', () => {
  const shown = play(0, 700, 16, 2);
  expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  expect(shown.at(-1)).toBe(700);
});

test('from the middle it goes on from there, from the end it starts again', () => {
  expect(play(400, STEPS, 16, 1)[0]).toBeGreaterThanOrEqual(400);
  expect(play(STEPS, STEPS, 16, 1)[0]).toBeLessThan(10);
});

test('a clock that goes back plays nothing, and the speeds go round', () => {
  expect(playedIn(-40, 4)).toBe(0);
  const round: Speed[] = [1];
  while (round.length < 5) round.push(nextSpeed(round.at(-1) ?? 1));
  expect(round).toEqual([1, 2, 4, 0.5, 1]);
});
