import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instanceCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { toState, type TrainingState } from '../checkpoint.ts';
import { initialCheckpoint } from '../initial.ts';
import { createBatchLaneSlice } from './batch-lane-slice.ts';
import { createKernelSlice } from './kernel-slice.ts';
import { batchLaneTakes, shapeOf } from './shape.ts';
import type { Slice, SliceOptions } from './slice.ts';

/** Plain models small enough for the batch-lane kernel. */
const specs: fc.Arbitrary<RunSpec> = fc
  .record({
    n: fc.integer({ min: 1, max: 24 }),
    m: fc.integer({ min: 1, max: 24 }),
    output: fc.constantFrom('relu', 'linear'),
    densityFrom: fc.constantFrom(1, 0.4),
    densityTo: fc.constantFrom(0.05, 0.001, 1e-9),
    densities: fc.integer({ min: 1, max: 4 }),
    replicas: fc.integer({ min: 1, max: 3 }),
    batch: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 3_000 })),
    importanceBase: fc.constantFrom(1, 0.7),
    schedule: fc.constantFrom('constant', 'linear', 'cosine'),
    learningRate: fc.constantFrom(1e-3, 0.05),
    weightDecay: fc.constantFrom(0, 0.01),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  } satisfies Partial<Record<keyof Parameters, fc.Arbitrary<unknown>>>)
  .map((parameters) => specWith(parameters))
  .filter((spec) => batchLaneTakes(shapeOf(spec)));

/** Densities below the table's least are a spec's all the same. */
function specWith({ densityTo = 0.05, ...parameters }: Partial<Parameters>): RunSpec {
  const spec = resolve({ ...DEFAULT_PARAMETERS, ...parameters, steps: 100 });
  const [from, count] = [parameters.densityFrom ?? 1, parameters.densities ?? 1];
  return { ...spec, axes: [{ over: 'density', values: { kind: 'geometric', from, to: densityTo, count } }] };
}

interface Reached {
  readonly losses: readonly number[][];
  readonly state: TrainingState;
}

function train(open: (options: SliceOptions) => Slice, spec: RunSpec, stops: readonly number[], from = 0): Reached {
  const to = instanceCount(spec);
  const rows = toState(spec, initialCheckpoint(spec));
  const state = Object.fromEntries(
    Object.entries(rows).map(([name, data]) => [name, data.slice((from * data.length) / to)]),
  );
  const slice = open({ spec, from, to, step: 0, state, relaxed: false });
  const losses = stops.map((step) => [...slice.advance(step)]);
  return { losses, state: structuredClone(slice.state()) };
}

test('whole steps in WebAssembly have the bits of the kernel with AdamW in JavaScript, losses too', () => {
  fc.assert(
    fc.property(specs, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), (spec, first, more) => {
      const stops = [first, first + more];
      expect(train(createBatchLaneSlice, spec, stops)).toEqual(train(createKernelSlice, spec, stops));
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('a chunk longer than one call has room for, of instances in the middle of a run', () => {
  const spec = { ...specWith({ n: 3, m: 1, densities: 3, replicas: 1, batch: 9 }), steps: 3_000 };
  expect(train(createBatchLaneSlice, spec, [2_100, 2_500], 1)).toEqual(
    train(createKernelSlice, spec, [2_100, 2_500], 1),
  );
});

test.each([
  ['each of a density of its own', { n: 5, m: 2, densities: 2, replicas: 1 }],
  ['replicas, drawn for once', { n: 2, m: 1, densities: 1, replicas: 2 }],
])('the evaluation loss has the same bits, and leaves the training as it is: %s', (_, models) => {
  const spec = specWith({ ...models, batch: 33 });
  const evaluated = (open: (options: SliceOptions) => Slice): unknown => {
    const state = toState(spec, initialCheckpoint(spec));
    const slice = open({ spec, from: 0, to: 2, step: 0, state, relaxed: false });
    slice.advance(7);
    const losses = [...slice.evaluate()];
    slice.advance(9);
    return { losses, after: slice.state() };
  };
  expect(evaluated(createBatchLaneSlice)).toEqual(evaluated(createKernelSlice));
});
