import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { specHash } from '#lib/spec/hash';
import { resolve } from '#lib/spec/resolve';
import type { MetricsEvent, RunEvent } from './events.ts';
import {
  applyToRecord,
  handOver,
  isActive,
  isStale,
  keepMetrics,
  METRICS_POINTS,
  orphan,
  presentSpec,
  reclaim,
  type RunRecord,
} from './record.ts';
import { ADA, startingRecord } from './record.fixture.ts';

const spec = resolve(DEFAULT_PARAMETERS);
const starting = startingRecord(spec, { specHash: specHash(spec), presentHash: specHash(spec) });

const engine = { name: 'reference', device: 'a machine' };
const started: RunEvent = { type: 'started', engine };
const metrics = (step: number): MetricsEvent => ({ type: 'metrics', step, seconds: 1, stepsPerSecond: 1, loss: [0.1] });
const finished: RunEvent = { type: 'finished', step: 9, seconds: 2, evaluationLoss: [0.1], weightsHash: 'hash' };
const after = (...events: RunEvent[]): RunRecord => events.reduce(applyToRecord, starting);

test('amendments are kept by step, each once, and the run is stale for what its spec was before', () => {
  const amended = (step: number, learningRate: number): RunEvent => ({
    type: 'amended',
    step,
    change: { learningRate },
  });
  const record = after(started, amended(500, 0.1), amended(400, 0.2), amended(500, 0.1));
  expect(record.amendments.map(({ step }) => step)).toEqual([400, 500]);
  expect(presentSpec(record)).toEqual({ ...spec, optimizer: { ...spec.optimizer, learningRate: 0.1 } });
  expect(isStale(record, record.specHash)).toBe(true);
  expect(isStale(record, specHash(presentSpec(record)))).toBe(false);
});

describe('applyToRecord', () => {
  test('follows a run from start to finish', () => {
    expect(after(started)).toMatchObject({ engine, status: { phase: 'running', step: 0 } });
    expect(after(started, metrics(5)).status).toEqual({ phase: 'running', step: 5 });
    expect(after(started, metrics(5), finished).status).toEqual({
      phase: 'finished',
      step: 9,
      seconds: 2,
      evaluationLoss: [0.1],
      weightsHash: 'hash',
    });
  });

  test('pauses and resumes; metrics of a step taken while paused do not resume it', () => {
    const paused = after(started, { type: 'paused', step: 5 });
    expect(applyToRecord(paused, metrics(6)).status).toEqual({ phase: 'paused', step: 6 });
    expect(applyToRecord(paused, { type: 'resumed', step: 5 }).status).toEqual({ phase: 'running', step: 5 });
  });

  test('stopped and failed say where', () => {
    expect(after(started, { type: 'stopped', step: 4 }).status).toEqual({ phase: 'stopped', step: 4 });
    expect(after({ type: 'failed', step: 0, message: 'no adapter' }).status).toEqual({
      phase: 'failed',
      step: 0,
      message: 'no adapter',
    });
  });

  test('the end is final: nothing that comes later changes it', () => {
    const ended = after(started, finished);
    const later: RunEvent[] = [
      started,
      metrics(10),
      { type: 'paused', step: 10 },
      { type: 'failed', step: 10, message: '' },
    ];
    for (const event of later) expect(applyToRecord(ended, event)).toBe(ended);
  });

  test('frames and checkpoints are not part of the record', () => {
    const frame: RunEvent = { type: 'frame', frame: { step: 7, from: 0, kept: true, tensors: [] } };
    const checkpoint: RunEvent = { type: 'checkpoint', checkpoint: { step: 7, seconds: 1, from: 0, tensors: [] } };
    expect(after(frame, checkpoint)).toBe(starting);
  });
});

describe('a run whose trainer is gone', () => {
  const orphaned = orphan(after(started, metrics(5)), 'Ada is gone.');

  test('says who and where; nothing but a hand-over or the trainer’s return changes it', () => {
    expect(orphaned.status).toEqual({ phase: 'orphaned', step: 5, message: 'Ada is gone.' });
    expect(applyToRecord(orphaned, metrics(6))).toBe(orphaned);
    expect(reclaim(orphaned, 'paused').status).toEqual({ phase: 'paused', step: 5 });
  });

  test('goes on under the next lease, from the step of the checkpoint', () => {
    const words = 'Ada is gone; the server goes on.';
    const next = handOver(orphaned, { place: 'server', trainer: null, step: 4, words });
    const status = { phase: 'starting', step: 4 };
    expect(next).toMatchObject({ place: 'server', trainer: null, startedBy: ADA, lease: 2, handOver: words, status });
    expect(applyToRecord(next, started).status).toEqual({ phase: 'running', step: 4 });
  });

  test('one that has ended is no orphan, and what is trained needs not be reclaimed', () => {
    expect(orphan(after(finished), 'gone')).toEqual(after(finished));
    expect(reclaim(starting, 'running')).toBe(starting);
  });
});

test('active until it ends', () => {
  const phases = [
    starting,
    after(started),
    after(started, { type: 'paused', step: 1 }),
    after(finished),
    after({ type: 'stopped', step: 1 }),
    orphan(starting, 'gone'),
  ];
  expect(phases.map(({ status }) => isActive(status))).toEqual([true, true, true, false, false, false]);
});

test('stale once the parameters mean another spec, whatever its status', () => {
  expect(isStale(starting, specHash(spec))).toBe(false);
  expect(isStale(after(finished), specHash({ ...spec, seed: 2 }))).toBe(true);
});

describe('keepMetrics', () => {
  const curve = (points: number): readonly MetricsEvent[] =>
    Array.from({ length: points }, (_, i) => metrics(i + 1)).reduce<readonly MetricsEvent[]>(keepMetrics, []);

  test('keeps every point until there are 512, then every second one, the first and the newest always', () => {
    expect(curve(METRICS_POINTS)).toHaveLength(METRICS_POINTS);
    const thinned = curve(METRICS_POINTS + 1).map(({ step }) => step);
    expect(thinned).toHaveLength(257);
    expect([thinned[0], thinned[1], thinned.at(-1)]).toEqual([1, 3, METRICS_POINTS + 1]);
    expect(curve(5_000).length).toBeLessThanOrEqual(METRICS_POINTS);
  });

  test('points that a hand-over repeats replace those of before', () => {
    expect(keepMetrics(curve(9), metrics(4)).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  });
});
