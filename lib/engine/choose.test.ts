import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { chooseNamed, chooseTrainer, forLongRuns, reasonOf } from './choose.ts';
import type { Trainer } from './trainer.ts';
import { LONGEST_S, MOST_WORK, whyTooLarge, workOf, workOfStep } from './work.ts';

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

/** µs of a step of four models of densities 1 to .05, as measured on one core where the introduction's had 5.8e9 vector instructions a second. */
const MEASURED: readonly (readonly [µs: number, Partial<Parameters>])[] = [
  [313, { n: 20, m: 5 }],
  [577, { n: 20, m: 5, model: 'untied' }],
  [491, { n: 20, m: 5, hidden: 'relu' }],
  [713, { n: 20, m: 5, data: 'signed' }],
  [558, { n: 20, m: 5, data: 'correlated', setSize: 4 }],
  [526, { n: 20, m: 5, data: 'anticorrelated', setSize: 4 }],
  [204, { data: 'anticorrelated', setSize: 5 }],
  [168, { model: 'untied' }],
  [3, { batch: 64 }],
  [12, { n: 2, m: 1 }],
  [7, { n: 2, m: 1, densityFrom: 0.1, densityTo: 0.01 }],
  [221, { batch: 8_192 }],
  [3_340, { n: 80, m: 20 }],
  [271, { n: 80, m: 20, batch: 64 }],
  [19_288, { n: 80, m: 20, batch: 8_192 }],
  [1_703, { n: 80, m: 20, data: 'anticorrelated', setSize: 8 }],
  [29, { data: 'finite', examplesFrom: 10, examplesTo: 10, exampleCounts: 1 }],
  [587, { data: 'finite', examplesFrom: 5_000, examplesTo: 5_000, exampleCounts: 1 }],
  [325, { n: 80, m: 20, data: 'finite', examplesFrom: 50, examplesTo: 50, exampleCounts: 1 }],
  [4_331, { n: 80, m: 20, data: 'finite', examplesFrom: 5_000, examplesTo: 5_000, exampleCounts: 1 }],
];

test.each(MEASURED)('work tells the time that was measured within 1.7 times: %d µs, %o', (µs, parameters) => {
  const ratio = workOfStep(fourOf(parameters)) / 5.76e3 / µs;
  expect(ratio).toBeLessThan(1.7);
  expect(ratio).toBeGreaterThan(1 / 1.7);
});

/** The same of plain models, at 13.3e9: few numbers, too many for registers, and sums that are loops over the features. */
const MEASURED_PLAIN: readonly (readonly [µs: number, Partial<Parameters>])[] = [
  [17.3, { n: 5, m: 2 }],
  [4.6, { n: 2, m: 1 }],
  [48.2, { n: 10, m: 4 }],
  [104, { n: 20, m: 3 }],
  [165, { n: 33, m: 2 }],
  [142, { n: 14, m: 7 }],
  [144, { n: 12, m: 9 }],
  [142, { n: 9, m: 14 }],
  [108, { n: 4, m: 32 }],
  [344, { n: 128, m: 1 }],
  [216, { n: 64, m: 2 }],
  [118, { n: 25, m: 3 }],
  [187, { n: 32, m: 4 }],
  [123, { n: 20, m: 5 }],
  [153, { n: 21, m: 6 }],
  [6.3, { n: 5, m: 2, densityFrom: 0.01, densityTo: 0.01 }],
  [620, { n: 128, m: 1, densityFrom: 0.003, densityTo: 0.003 }],
  [211, { n: 64, m: 1, densityFrom: 0.003, densityTo: 0.003 }],
  [266, { n: 64, m: 2, densityFrom: 0.01, densityTo: 0.01 }],
  [46, { n: 20, m: 5, densityFrom: 0.003, densityTo: 0.003 }],
];

test.each(MEASURED_PLAIN)('work tells the time of plain models within 1.2 times: %d µs, %o', (µs, parameters) => {
  const ratio = workOfStep(fourOf(parameters)) / 13.3e3 / µs;
  expect(ratio).toBeLessThan(1.2);
  expect(ratio).toBeGreaterThan(1 / 1.2);
});

const fourOf = (parameters: Partial<Parameters>): RunSpec =>
  resolve({ ...DEFAULT_PARAMETERS, replicas: 1, densities: 4, densityTo: 0.05, ...parameters });

test('a finite set smaller than the batch costs what it holds', () => {
  const set = { ...DEFAULT_PARAMETERS, data: 'finite', examplesFrom: 64, examplesTo: 64, exampleCounts: 1 } as const;
  const whole = { ...set, examplesFrom: 6_400, examplesTo: 6_400 };
  const ratio = workOfStep(resolve(whole)) / workOfStep(resolve(set));
  // All but what a step takes whatever its samples.
  expect(ratio).toBeLessThan(DEFAULT_PARAMETERS.batch / 64);
  expect(ratio).toBeGreaterThan(DEFAULT_PARAMETERS.batch / 128);
});

test('the evaluation costs its own samples, however few a set trains on', () => {
  const evaluationOf = (examples: number): number => {
    const set = { data: 'finite', examplesFrom: examples, examplesTo: examples, exampleCounts: 1 } as const;
    const of = resolve({ ...DEFAULT_PARAMETERS, ...set });
    return workOf(of) - of.steps * workOfStep(of);
  };
  expect(evaluationOf(10) / evaluationOf(1_024)).toBeCloseTo(1, 3);
  expect(evaluationOf(10_000) / evaluationOf(1_024)).toBeCloseTo(1, 3);
});

describe('a run that would take days', () => {
  const largest = resolve({ ...DEFAULT_PARAMETERS, n: 1_024, m: 256, densities: 10, replicas: 1, batch: 8_192 });
  const endless: RunSpec = { ...largest, steps: 200_000 };

  test('is refused with the steps that would do, and those do', () => {
    const refusal = whyTooLarge(endless) ?? '';
    expect(() => chooseTrainer(endless, [trainer('any')])).toThrow(refusal);
    const steps = Number(/at most (\d+) steps/.exec(refusal)?.[1]);
    expect(whyTooLarge({ ...endless, steps })).toBeUndefined();
    expect(workOf({ ...endless, steps: steps + 1 })).toBeGreaterThan(MOST_WORK);
  });

  test('is a shorter one on a slower machine, which says so', () => {
    const spec = resolve(DEFAULT_PARAMETERS);
    const pace = workOf(spec) / (3 * LONGEST_S);
    const refusal = whyTooLarge(spec, pace) ?? '';
    expect(refusal).toMatch(
      /^This run is 3 times as long as a run may be on a machine of this pace: take at most \d+ steps/,
    );
    expect(() => chooseTrainer(spec, [trainer('any')], pace)).toThrow(refusal);
    const steps = Number(/at most (\d+) steps/.exec(refusal)?.[1]);
    expect(whyTooLarge({ ...spec, steps }, pace)).toBeUndefined();
    expect(whyTooLarge(spec, 4 * pace)).toBeUndefined();
  });

  test('is no run of the paper', () => {
    const sweep = resolve({ ...DEFAULT_PARAMETERS, n: 400, m: 30, densities: 20, replicas: 8, steps: 20_000 });
    expect(whyTooLarge(sweep)).toBeUndefined();
  });
});

test('every engine that is offered here has its reason', () => {
  const tfjs = ['tfjs-webgpu', 'tfjs-wasm', 'tfjs-cpu'];
  for (const name of ['fused-webgpu', 'fused-wasm', 'fused-wasm+relaxed', 'reference', ...tfjs])
    for (const each of [spec, long]) expect(reasonOf(name, each)).toMatch(/^[a-z ,]{10,40}$/);
  expect([reasonOf('fused-wasm+relaxed', spec), reasonOf('fused-wasm+relaxed', long)]).toEqual([
    'by name, bits of this machine',
    'long run, bits of this machine',
  ]);
});

describe('an engine that is asked for by name', () => {
  test('trains whatever it does not refuse, however fast others are, and says that it was asked for', () => {
    const choice = chooseNamed(spec, trainer('slow'));
    expect([choice.trainer.engine.name, choice.reason]).toEqual(['slow', 'slow was asked for by name.']);
  });

  test('that cannot train the model is refused with what to do', () => {
    expect(() => chooseNamed(spec, trainer('a', 'A takes none.'))).toThrow(/^A takes none\. Choose another engine/);
    const endless: RunSpec = { ...long, steps: 10_000_000 };
    expect(() => chooseNamed(endless, trainer('a'))).toThrow(/This run is/);
  });
});
