/** What every engine must pass: it is measured against lib/model in float64, and its events against lib/engine/trainer.ts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import { at, rowOf, type Numbers } from '#lib/base/matrix';
import { drawSamples, type Distribution } from '#lib/model/data';
import {
  loss,
  lossAndGradient,
  toyWeights,
  weightNames,
  weightTensor,
  zeroWeights,
  type ToyWeights,
} from '#lib/model/toy';
import type { Checkpoint, RunEvent } from '#lib/runs/events';
import { keptSteps } from '#lib/runs/timeline';
import { cellOf, importances, instanceCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { amend, type Amendment, type SpecChange } from '#lib/spec/change';
import {
  batchAt,
  distributionOf,
  evaluationDistribution,
  evaluationSamples,
  modelOf,
  type Samples,
} from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { heldBy, toState } from './checkpoint.ts';
import { initialCheckpoint } from './initial.ts';
import { DATA_KINDS, KINDS } from './kinds.ts';
import { createReferenceTrainer } from './reference/trainer.ts';
import { withRevision } from './revision.ts';
import type { Trainer, TrainerHost } from './trainer.ts';

export interface Tolerances {
  /** max|g − g*| / max|g*| per tensor and instance, after one step. */
  readonly gradient: number;
  /** Relative, of every loss in the first 200 steps and of the evaluation loss. */
  readonly loss: number;
}

/** Two densities, two replicas, a batch that no SIMD width divides. */
const SMALL: Partial<Parameters> = { densities: 2, replicas: 2, batch: 37, steps: 40 };

/** On both sides of the sizes at which engines change kernels; m is not always a multiple of a SIMD width. */
const SHAPES: readonly Partial<Parameters>[] = [
  { n: 2, m: 1 },
  { n: 5, m: 2 },
  { n: 5, m: 2, output: 'linear' },
  { n: 20, m: 5 },
  { n: 33, m: 7, densityTo: 0.01 },
  { n: 80, m: 20, output: 'linear' },
];

const specOf = (parameters: Partial<Parameters>): RunSpec =>
  resolve({ ...DEFAULT_PARAMETERS, ...SMALL, ...parameters });
const title = (parameters: Partial<Parameters>): string => JSON.stringify(parameters).replaceAll('"', '');

/** Less than everything, for a device on which everything takes minutes. */
export interface Scope {
  readonly shapes: readonly Partial<Parameters>[];
  /** Random shapes that are tried. */
  readonly runs: number;
  readonly kinds: readonly Partial<Parameters>[];
  /** Without the events of runs, which are the loop's. */
  readonly numbersOnly?: boolean;
}

export function trainerContract(
  name: string,
  createTrainer: () => Trainer,
  tolerances: Tolerances,
  { shapes, runs, kinds, numbersOnly = false }: Scope = { shapes: SHAPES, runs: 30, kinds: KINDS },
): void {
  const train = (spec: RunSpec, host: TrainerHost = createHost()): Promise<readonly RunEvent[]> =>
    collect(createTrainer().train(spec, host));

  async function expectGradients(spec: RunSpec): Promise<void> {
    const checkpoint = lastCheckpoint(await train(spec, stoppingAt(1)));
    expect(checkpoint.step).toBe(1);
    const state = toState(spec, checkpoint);
    for (let instance = 0; instance < instanceCount(spec); instance++) {
      const expected = firstGradient(spec, instance);
      for (const name of weightNames(spec.model)) {
        const wanted = weightTensor(expected, name);
        const moment = rowOf(heldBy(state, `${name}.m`), instance, wanted.length);
        const actual = Float64Array.from(moment, (first) => first / (1 - spec.optimizer.beta1));
        expect(relativeError(actual, wanted), `gradient of ${name}`).toBeLessThanOrEqual(tolerances.gradient);
      }
    }
  }

  describe(`${name}: first step against float64, gradient error ≤ ${tolerances.gradient}`, () => {
    test.each(shapes.map((shape) => [title(shape), shape] as const))('%s, or a reason', async (_, shape) => {
      const refusal = createTrainer().refuses(specOf(shape));
      if (refusal === undefined) await expectGradients(specOf(shape));
      else expect(refusal).toMatch(/^[A-Z].* takes .*\.$/);
    });

    test.each(kinds.map((kind) => [title(kind), kind] as const))('%s, or a reason', async (_, kind) => {
      const refusal = createTrainer().refuses(specOf(kind));
      if (refusal === undefined) await expectGradients(specOf(kind));
      else expect(refusal).toMatch(/^[A-Z].* takes .*\.$/);
    });

    test('any small shape', async () => {
      await fc.assert(
        fc.asyncProperty(anyParameters, (parameters) => expectGradients(specOf(parameters))),
        { numRuns: runs, seed: 1 },
      );
    });
  });

  describe(`${name}: the numbers of a run`, () => {
    test(`every loss of 200 steps within ${tolerances.loss} of the reference's`, async () => {
      for (const schedule of ['constant', 'linear', 'cosine'] as const) {
        const spec = specOf({ steps: 300, batch: 128, schedule });
        const actual = lossAtKeptSteps(spec, await train(spec, stoppingAt(200)));
        const reference = await collect(createReferenceTrainer().train(spec, stoppingAt(200)));
        const expected = lossAtKeptSteps(spec, reference);
        expect(expected.length).toBeGreaterThan(100);
        expect(relativeErrors(actual, expected)).toBeLessThanOrEqual(tolerances.loss);
      }
    });

    test.each(kinds.map((kind) => [title(kind), kind] as const))(
      `%s: every loss of 20 steps within ${tolerances.loss} of the reference's`,
      async (_, kind) => {
        const spec = specOf({ ...kind, batch: 64, replicas: 1 });
        if (createTrainer().refuses(spec) !== undefined) return;
        const actual = lossAtKeptSteps(spec, await train(spec, stoppingAt(20)));
        const reference = await collect(createReferenceTrainer().train(spec, stoppingAt(20)));
        expect(relativeErrors(actual, lossAtKeptSteps(spec, reference))).toBeLessThanOrEqual(tolerances.loss);
      },
    );

    test.each([{}, ...DATA_KINDS].map((data) => [title(data), data] as const))(
      `%s: evaluation loss within ${tolerances.loss} of float64 on the same weights`,
      async (_, data) => {
        const few = { relativeDensities: 1, relativeImportances: 1, exampleCounts: 1, replicas: 1, steps: 60 };
        const spec = specOf({ ...data, ...few });
        if (createTrainer().refuses(spec) !== undefined) return;
        const events = await train(spec);
        const expected = Float64Array.from({ length: instanceCount(spec) }, (_each, instance) =>
          evaluationLoss(spec, instance, lastCheckpoint(events)),
        );
        expect(relativeErrors(finished(events).evaluationLoss, expected)).toBeLessThanOrEqual(tolerances.loss);
      },
    );

    test('the same bits when run twice', async () => {
      const spec = specOf({});
      const first = lastCheckpoint(await train(spec, stoppingAt(39)));
      expect(lastCheckpoint(await train(spec, stoppingAt(39))).tensors).toEqual(first.tensors);
    });

    test('the same bits when continued from a checkpoint as when never interrupted', async () => {
      const spec = specOf({ schedule: 'cosine' });
      const whole = await train(spec);
      const first = await train(spec, stoppingAt(17));
      const rest = await train(spec, createHost({ from: lastCheckpoint(first) }));
      expect(lastCheckpoint(first).step).toBe(17);
      expect(finished(rest).weightsHash).toBe(finished(whole).weightsHash);
      // The seconds are the clock's; everything else is the same, to the bit.
      expect(lastCheckpoint(rest).tensors).toEqual(lastCheckpoint(whole).tensors);
      expect(lastCheckpoint(rest).seconds).toBeGreaterThan(lastCheckpoint(first).seconds);
    });
  });

  if (numbersOnly) return;

  describe(`${name}: a run that is changed while it trains`, () => {
    const spec = specOf({ schedule: 'linear' });
    const changes: readonly SpecChange[] = [{ importance: { kind: 'power', base: 0.5 } }, { learningRate: 0.01 }];

    /** At its pauses before steps 14 and 30, the last of which is no checkpoint of its own. */
    async function trainAmended(): Promise<readonly RunEvent[]> {
      const targets = [29, Infinity];
      const asked: SpecChange[] = [];
      const whenPaused = (): number => {
        asked.push(present(changes[2 - targets.length], 'a change'));
        return present(targets.shift(), 'a target');
      };
      return train(spec, createHost({ target: 13, whenPaused, nextChange: () => asked.shift() }));
    }

    test('tells of each change and of the step from which it is in force', async () => {
      const events = await trainAmended();
      expect(amendmentsIn(events)).toEqual([
        { step: 13, change: changes[0] },
        { step: 29, change: changes[1] },
      ]);
      expect(finished(events).weightsHash).not.toBe(finished(await train(spec)).weightsHash);
    });

    test('is what an engine makes of the amended spec from the checkpoint of that step', async () => {
      const [change] = changes;
      const before = lastCheckpoint(await train(spec, stoppingAt(13)));
      const changed = await train(amend(spec, change ?? {}), createHost({ from: before }));
      const amendments = [{ step: 13, change: change ?? {} }];
      const events = await train(spec, createHost({ amendments }));
      expect(lastCheckpoint(events).tensors).toEqual(lastCheckpoint(changed).tensors);
    });

    test('has the same bits when it is replayed from its events, from the start and from a checkpoint', async () => {
      const events = await trainAmended();
      const amendments = amendmentsIn(events);
      expect(finished(await train(spec, createHost({ amendments }))).weightsHash).toBe(finished(events).weightsHash);
      const half = await train(spec, createHost({ amendments, target: 20, whenPaused: () => 'stop' }));
      const rest = await train(spec, createHost({ amendments, from: lastCheckpoint(half) }));
      expect(finished(rest).weightsHash).toBe(finished(events).weightsHash);
    });
  });

  describe(`${name}: the events of a run`, () => {
    test('started, then frames in order at exactly the kept steps, then finished, and nothing after', async () => {
      const spec = specOf({ steps: 300 });
      const events = await train(spec);
      const { engine } = createTrainer();
      expect(events[0]).toEqual({ type: 'started', engine: withRevision(engine, spec) });
      expect(events.filter((event) => event.type === 'frame' && event.frame.kept).map(stepOf)).toEqual(
        keptSteps(spec.steps),
      );
      expect(isAscending(events.slice(1).map(stepOf))).toBe(true);
      expect(events.filter(isEnd)).toEqual(events.slice(-1));
      expect(finished(events).step).toBe(300);
    });

    test('the first frame shows checkpoint 0, the last one the final checkpoint', async () => {
      const spec = specOf({});
      const events = await train(spec);
      const frames = events.flatMap((event) => (event.type === 'frame' ? [event.frame] : []));
      expect(frames[0]?.tensors).toEqual(initialCheckpoint(spec).tensors.slice(0, 2));
      expect(frames.at(-1)?.tensors).toEqual(lastCheckpoint(events).tensors.slice(0, 2));
    });

    test('metrics: one loss per cell, steps done, seconds and pace', async () => {
      const spec = specOf({ steps: 120 });
      const metrics = (await train(spec)).filter((event) => event.type === 'metrics');
      expect(metrics.at(-1)?.step).toBe(120);
      for (const { loss, seconds, stepsPerSecond } of metrics) {
        expect(loss).toHaveLength(2);
        expect([...loss, seconds, stepsPerSecond].every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      }
    });

    test('a pause shows and keeps where it is; one step; resume; finish', async () => {
      const targets = [11, Infinity];
      const host = createHost({ target: 10, whenPaused: () => present(targets.shift(), 'a further target') });
      const events = await train(specOf({}), host);
      const turns = events.filter((event) => event.type === 'paused' || event.type === 'resumed');
      expect(turns.map((event) => [event.type, event.step])).toEqual([
        ['paused', 10],
        ['resumed', 10],
        ['paused', 11],
        ['resumed', 11],
      ]);
      for (const step of [10, 11]) {
        const before = events.slice(
          0,
          events.findIndex((event) => event.type === 'paused' && event.step === step),
        );
        expect(before.findLast((event) => event.type === 'frame')?.frame.step).toBe(step);
        expect(lastCheckpoint(before).step).toBe(step);
      }
      expect(finished(events).step).toBe(40);
    });

    test('a pause does not change the bits', async () => {
      const paused = createHost({ target: 23, whenPaused: () => Infinity });
      expect(finished(await train(specOf({}), paused)).weightsHash).toBe(finished(await train(specOf({}))).weightsHash);
    });

    test('stop ends the run with its checkpoint, also before the first step', async () => {
      for (const target of [0, 5]) {
        const events = await train(specOf({}), stoppingAt(target));
        expect(events.at(-1)).toEqual({ type: 'stopped', step: target });
        expect(lastCheckpoint(events).step).toBe(target);
        expect(events.some((event) => event.type === 'resumed')).toBe(false);
      }
    });

    test('a consumer may leave at any event, and the trainer trains again', async () => {
      const trainer = createTrainer();
      for await (const event of trainer.train(specOf({}), createHost())) if (event.type === 'metrics') break;
      expect(finished(await collect(trainer.train(specOf({}), createHost()))).step).toBe(40);
    });

    test('a checkpoint of another shape is a failed run that names the tensor', async () => {
      const events = await train(specOf({}), createHost({ from: initialCheckpoint(specOf({ n: 6 })) }));
      expect(events).toMatchObject([
        { type: 'failed', step: 0, message: expect.stringContaining('tensor W') as string },
      ]);
    });
  });
}

const amendmentsIn = (events: readonly RunEvent[]): readonly Amendment[] =>
  events.flatMap((event) => (event.type === 'amended' ? [{ step: event.step, change: event.change }] : []));

const anyParameters = fc.record({
  n: fc.integer({ min: 2, max: 14 }),
  m: fc.integer({ min: 1, max: 9 }),
  output: fc.constantFrom('relu' as const, 'linear' as const),
  densityFrom: fc.double({ min: 0.05, max: 1, noNaN: true }),
  importanceBase: fc.double({ min: 0.3, max: 1, noNaN: true }),
  batch: fc.integer({ min: 16, max: 70 }),
  replicas: fc.integer({ min: 1, max: 3 }),
  densities: fc.integer({ min: 1, max: 3 }),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
});

interface HostOptions extends Pick<TrainerHost, 'amendments' | 'nextChange'> {
  readonly target?: number;
  /** The next target, asked for at each pause. */
  readonly whenPaused?: () => number | 'stop';
  readonly from?: Checkpoint;
}

/** A host without people: at a pause it waits for the event loop once, then turns to its next target. */
export function createHost({ target: first = Infinity, whenPaused, from, ...rest }: HostOptions = {}): TrainerHost {
  let target: number | 'stop' = first;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => performance.now(),
    target: () => target,
    targetChanged: async () => {
      await turn();
      target = present(whenPaused, 'what to do at a pause')();
    },
    breathe: turn,
    ...rest,
    ...(from === undefined ? {} : { from }),
  };
}

/** Ends the run after `step` steps, without its evaluation. */
const stoppingAt = (step: number): TrainerHost => createHost({ target: step, whenPaused: () => 'stop' });

export async function collect(events: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const collected: RunEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

type Finished = Extract<RunEvent, { type: 'finished' }>;

export function finished(events: readonly RunEvent[]): Finished {
  const end = events.at(-1);
  if (end?.type !== 'finished') throw new Error(`the run ended with ${JSON.stringify(end)}`);
  return end;
}

export const lastCheckpoint = (events: readonly RunEvent[]): Checkpoint =>
  present(
    events.findLast((event) => event.type === 'checkpoint'),
    'a checkpoint',
  ).checkpoint;

const isEnd = ({ type }: RunEvent): boolean => ['finished', 'stopped', 'failed'].includes(type);
const isAscending = (steps: readonly number[]): boolean =>
  steps.every((step, i) => i === 0 || step >= (steps[i - 1] ?? 0));

function stepOf(event: RunEvent): number {
  switch (event.type) {
    case 'started':
      return 0;
    case 'frame':
      return event.frame.step;
    case 'checkpoint':
      return event.checkpoint.step;
    case 'metrics':
    case 'paused':
    case 'resumed':
    case 'amended':
    case 'finished':
    case 'stopped':
    case 'failed':
      return event.step;
  }
}

/** [kept steps · cells] training loss. */
function lossAtKeptSteps(spec: RunSpec, events: readonly RunEvent[]): readonly number[] {
  const kept = new Set(keptSteps(spec.steps));
  return events.flatMap((event) => (event.type === 'metrics' && kept.has(event.step) ? event.loss : []));
}

/** The gradient of step 1 in float64, from checkpoint 0 and the samples of step 0. */
function firstGradient(spec: RunSpec, instance: number): ToyWeights {
  const model = modelOf(spec);
  const cell = cellOf(spec, instance);
  const x = drawn(distributionOf(spec, cell), batchAt(spec, instance, 0));
  const gradient = zeroWeights(model);
  lossAndGradient(model, weightsOf(spec, instance, initialCheckpoint(spec)), importances(spec, cell), x, gradient);
  return gradient;
}

function evaluationLoss(spec: RunSpec, instance: number, checkpoint: Checkpoint): number {
  const cell = cellOf(spec, instance);
  const x = drawn(evaluationDistribution(spec, cell), evaluationSamples());
  return loss(modelOf(spec), weightsOf(spec, instance, checkpoint), importances(spec, cell), x);
}

function drawn(distribution: Distribution, { keys, first, count }: Samples): Float64Array {
  const x = new Float64Array(count * distribution.density.length);
  drawSamples(x, distribution, keys, first);
  return x;
}

function weightsOf(spec: RunSpec, instance: number, checkpoint: Checkpoint): ToyWeights {
  const state = toState(spec, checkpoint);
  return toyWeights(spec.model, (name) => {
    const tensor = heldBy(state, name);
    return Float64Array.from(rowOf(tensor, instance, tensor.length / instanceCount(spec)));
  });
}

const largest = (values: Iterable<number>): number => Math.max(0, ...Array.from(values, Math.abs));

/** max|a − e| / max|e| over a tensor. */
const relativeError = (actual: Numbers, expected: Numbers): number =>
  largest(expected.map((value, i) => at(actual, i) - value)) / Math.max(largest(expected), Number.MIN_VALUE);

/** The largest |a/e − 1| of a list. */
function relativeErrors(actual: readonly number[], expected: Iterable<number>): number {
  const wanted = [...expected];
  expect(actual).toHaveLength(wanted.length);
  return largest(wanted.map((value, i) => (actual[i] ?? NaN) / value - 1));
}
