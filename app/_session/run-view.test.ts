import { describe, expect, it } from 'vitest';
import type { RunId } from '#lib/base/id';
import { encodeFrame, type Frame } from '#lib/runs/frame';
import { startingRecord } from '#lib/runs/record.fixture';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import {
  bestInstances,
  knownFrames,
  newRunView,
  readFrame,
  shownInstances,
  withFrame,
  withFrames,
  withRecord,
} from './run-view.ts';

const RUN = 'r'.repeat(22) as RunId;
const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 3 });
const record = startingRecord(spec, { id: RUN, status: { phase: 'running', step: 0 } });

const frame = (step: number, kept = true): Frame => ({
  run: RUN,
  lease: 1,
  seq: step,
  step,
  from: 0,
  kept,
  tensors: [],
});
const steps = (frames: readonly Frame[]): number[] =>
  withFrames(newRunView(record, false).timeline, frames).entries.map((entry) => entry.step);

describe('the view of a run', () => {
  it('shows the first replica of every cell', () => {
    expect(shownInstances(spec)).toEqual([0, 3]);
  });

  it('orders kept frames by step, whatever the order in which they came, each once', () => {
    expect(steps([frame(5), frame(0), frame(2), frame(5)])).toEqual([0, 2, 5]);
  });

  it('keeps the newest frame as the latest when an older one fills a gap', () => {
    const view = withFrame(withFrame(newRunView(record, false), frame(9)), frame(4));
    expect(view.latest?.step).toBe(9);
    expect(view.timeline.entries.map((entry) => entry.step)).toEqual([4, 9]);
  });

  it('leaves live frames out of the timeline', () => {
    const view = withFrame(newRunView(record, false), frame(3, false));
    expect(view.latest?.step).toBe(3);
    expect(view.timeline.entries).toEqual([]);
  });

  it('knows the best replica of every cell once the run has finished', () => {
    const status = {
      phase: 'finished',
      step: 10,
      seconds: 1,
      evaluationLoss: [3, 1, 1.01, 5, 9, 4],
      weightsHash: '',
    } as const;
    const view = withRecord(newRunView(record, false), { ...record, status });
    expect(view.best).toEqual([
      { replica: 1, evaluationLoss: 1, found: 2 },
      { replica: 2, evaluationLoss: 4, found: 1 },
    ]);
    expect(bestInstances(spec, view.best ?? [])).toEqual([1, 5]);
  });

  it('has of a forked run the frames that are known, and of one that diverged all', () => {
    const of = (step: number, value: number): Frame => ({
      ...frame(step),
      tensors: [{ name: 'W', shape: [1], data: Float32Array.of(value) }],
    });
    const stepsOf = (frames: readonly Frame[]): number[] => knownFrames(frames).map(({ step }) => step);
    expect(stepsOf([of(0, Number.NaN), of(5, Number.NaN), of(10, 1)])).toEqual([10]);
    expect(stepsOf([of(0, 1), of(5, Number.NaN), of(10, Number.NaN)])).toEqual([0, 5, 10]);
    expect(stepsOf([])).toEqual([]);
  });

  it('takes no frame of another run, and says what is wrong with bytes that are none', () => {
    expect(readFrame(encodeFrame({ ...frame(1), run: 'other' }), RUN)).toEqual({ ok: true, value: null });
    expect(readFrame(new Uint8Array(3), RUN).ok).toBe(false);
  });
});
