import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyTimeline, keep, keptSteps, TIMELINE_BYTES, TIMELINE_FRAMES, type Timeline } from './timeline.ts';

describe('keptSteps', () => {
  test('ascending, from 0 to the last step, at most 96', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200_000 }), (steps) => {
        const kept = keptSteps(steps);
        expect([kept[0], kept.at(-1)]).toEqual([0, steps]);
        expect(kept.length).toBeLessThanOrEqual(96);
        expect(kept.every((step, i) => i === 0 || step > (kept[i - 1] ?? NaN))).toBe(true);
      }),
    );
  });

  test('the first steps are all there, the last ones a tenth apart', () => {
    const kept = keptSteps(10_000);
    expect(kept.slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect((kept.at(-1) ?? 0) / (kept.at(-2) ?? 0)).toBeCloseTo(1.1, 2);
    expect(kept).toHaveLength(81);
  });

  test('a short run keeps every step', () => {
    expect([keptSteps(1), keptSteps(5)]).toEqual([
      [0, 1],
      [0, 1, 2, 3, 4, 5],
    ]);
  });
});

const filled = (frames: number, bytes: number): Timeline<number> => {
  let timeline = emptyTimeline<number>();
  for (let step = 0; step < frames; step++) timeline = keep(timeline, { step, bytes, frame: step });
  return timeline;
};
const stepsOf = ({ entries }: Timeline<number>): number[] => entries.map(({ step }) => step);

describe('keep', () => {
  test('holds every frame of a run that keeps its kept steps', () => {
    expect(stepsOf(filled(96, 1))).toHaveLength(96);
  });

  test('drops every second one when there are too many, never the first or the newest', () => {
    const full = filled(TIMELINE_FRAMES + 1, 1);
    expect(stepsOf(full)).toEqual(Array.from({ length: 65 }, (_, i) => 2 * i));
    expect(full.bytes).toBe(65);
  });

  test('stays within its frames and its bytes, with both ends, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 400 }),
        fc.integer({ min: 1, max: TIMELINE_BYTES / 2 }),
        (frames, bytes) => {
          const timeline = filled(frames, bytes);
          expect(timeline.entries.length).toBeLessThanOrEqual(TIMELINE_FRAMES);
          expect(timeline.bytes).toBe(timeline.entries.length * bytes);
          expect(timeline.bytes).toBeLessThanOrEqual(TIMELINE_BYTES);
          expect([stepsOf(timeline)[0], stepsOf(timeline).at(-1)]).toEqual([0, frames - 1]);
        },
      ),
    );
  });

  test('a frame again, as after a hand-over, replaces what came from there on', () => {
    const again = keep(filled(5, 1), { step: 3, bytes: 1, frame: 30 });
    expect(again.entries.map(({ frame }) => frame)).toEqual([0, 1, 2, 30]);
  });
});
