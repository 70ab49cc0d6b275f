import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { chooseTrainer, forLongRuns } from './choose.ts';
import type { Trainer } from './trainer.ts';
import { workOfStep } from './work.ts';

const trainer = (name: string, refusal?: string): Trainer => ({
  engine: { name, device: 'a machine' },
  refuses: () => refusal,
  train: () => {
    throw new Error('nothing is trained');
  },
});
const spec = resolve(DEFAULT_PARAMETERS);
const long: RunSpec = { ...resolve({ ...DEFAULT_PARAMETERS, n: 400, m: 30 }), steps: 20_000 };

describe('the fastest that does not refuse', () => {
  test('is taken, and its reason says why no other', () => {
    const trainers = [trainer('first', 'The first takes even n.'), trainer('second'), trainer('third')] as const;
    const choice = chooseTrainer(spec, trainers);
    expect(choice.trainer.engine.name).toBe('second');
    expect(choice.reason).toBe('second was taken, since a faster one cannot. The first takes even n.');
  });

  test('when all refuse, there is an error with every reason', () => {
    expect(() => chooseTrainer(spec, [trainer('a', 'A takes none.'), trainer('b', 'B neither.')])).toThrow(
      'A takes none. B neither.',
    );
  });
});

test('a trainer without the same bits everywhere is kept for long runs', () => {
  const trainers = [forLongRuns(trainer('relaxed')), trainer('portable')] as const;
  expect(chooseTrainer(spec, trainers).trainer.engine.name).toBe('portable');
  expect(chooseTrainer(spec, trainers).reason).toMatch(/relaxed takes long runs alone/);
  expect(chooseTrainer(long, trainers).trainer.engine.name).toBe('relaxed');
});

test('work grows with instances, samples and weights', () => {
  const half = resolve({ ...DEFAULT_PARAMETERS, replicas: DEFAULT_PARAMETERS.replicas / 2 });
  expect(workOfStep(spec) / workOfStep(half)).toBeCloseTo(2);
  const few = resolve({ ...DEFAULT_PARAMETERS, batch: DEFAULT_PARAMETERS.batch / 4 });
  expect(workOfStep(spec) / workOfStep(few)).toBeCloseTo(4);
  const large = resolve({ ...DEFAULT_PARAMETERS, n: 200, m: 40 });
  expect(workOfStep(large) / workOfStep(spec)).toBeGreaterThan(100);
});

test('a finite set smaller than the batch costs what it holds', () => {
  const set = { ...DEFAULT_PARAMETERS, data: 'finite', examplesFrom: 64, examplesTo: 64, exampleCounts: 1 } as const;
  const whole = { ...set, examplesFrom: 6_400, examplesTo: 6_400 };
  expect(workOfStep(resolve(whole)) / workOfStep(resolve(set))).toBeCloseTo(DEFAULT_PARAMETERS.batch / 64);
});
