/** The frames a run keeps: log-spaced from the start, so that the first steps, where most happens, are all there. */
import { exp, log } from '#lib/base/ieee';

/** Frames kept of one run at most. */
export const TIMELINE_FRAMES = 128;
/** bytes of one run's timeline at most; past it every second frame is dropped, as when there are too many. */
export const TIMELINE_BYTES = 16_000_000;

/** The steps whose frames are kept, ascending, 0 and `steps` always among them: at most `count`, evenly spaced in log(step + 1). */
export function keptSteps(steps: number, count = 96): readonly number[] {
  const kept = new Set<number>([0]);
  for (let k = 1; k < count - 1; k++) kept.add(Math.round(exp((k / (count - 1)) * log(steps + 1)) - 1));
  kept.add(steps);
  return [...kept].sort((a, b) => a - b);
}

/** Holds what is kept; `T` is whatever form a frame has where it is held (bytes on the server, decoded in a client). */
export interface Timeline<T> {
  readonly entries: readonly TimelineEntry<T>[];
  readonly bytes: number;
}

export interface TimelineEntry<T> {
  readonly step: number;
  readonly bytes: number;
  readonly frame: T;
}

export const emptyTimeline = <T>(): Timeline<T> => ({ entries: [], bytes: 0 });

/** The timeline with one more frame; when it is full, every second one (never the first or the newest) is dropped. */
export function keep<T>(timeline: Timeline<T>, entry: TimelineEntry<T>): Timeline<T> {
  let entries = [...timeline.entries.filter((held) => held.step < entry.step), entry];
  while (entries.length > 2 && (entries.length > TIMELINE_FRAMES || total(entries) > TIMELINE_BYTES))
    entries = entries.filter((_, i) => i % 2 === 0 || i === entries.length - 1);
  return { entries, bytes: total(entries) };
}

/** The timeline without what came after `step`. */
export function through<T>(timeline: Timeline<T>, step: number): Timeline<T> {
  const entries = timeline.entries.filter((entry) => entry.step <= step);
  return { entries, bytes: total(entries) };
}

const total = (entries: readonly TimelineEntry<unknown>[]): number =>
  entries.reduce((sum, entry) => sum + entry.bytes, 0);
