import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instanceCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { heldBy, toState, type TrainingState } from '../checkpoint.ts';
import { initialCheckpoint } from '../initial.ts';
import { createHiddenLaneSlice, createKernelSlice } from './kernel-slice.ts';
import { batchLaneTakes, shapeOf } from './shape.ts';

/** Of any model that the batch-lane kernel leaves, m filling vectors or not. */
const specs = fc
  .record({
    model: fc.constantFrom('tied', 'untied'),
    hidden: fc.constantFrom('linear', 'relu'),
    output: fc.constantFrom('relu', 'linear'),
    data: fc.constantFrom('independent', 'signed', 'finite'),
    n: fc.integer({ min: 1, max: 90 }),
    m: fc.integer({ min: 1, max: 40 }),
    densityFrom: fc.constantFrom(1, 0.4),
    densityTo: fc.constantFrom(0.2, 0.01),
    batch: fc.integer({ min: 1, max: 150 }),
    schedule: fc.constantFrom('constant', 'cosine'),
    learningRate: fc.constantFrom(1e-3, 0.05),
    weightDecay: fc.constantFrom(0, 0.01),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  } satisfies Partial<Record<keyof Parameters, fc.Arbitrary<unknown>>>)
  .map((parameters) =>
    resolve({
      ...DEFAULT_PARAMETERS,
      importance: 'geometric',
      importanceBase: 0.9,
      densities: 2,
      replicas: 1,
      ...parameters,
      steps: 50,
    }),
  )
  .filter((spec) => !batchLaneTakes(shapeOf(spec)));

test('AdamW in WebAssembly has the bits of AdamW in JavaScript, losses too', () => {
  fc.assert(
    fc.property(specs, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (spec, first, more) => {
      const train = (open: typeof createKernelSlice): unknown => {
        const to = instanceCount(spec);
        const state: TrainingState = toState(spec, initialCheckpoint(spec));
        const slice = open({ spec, from: 0, to, step: 0, state, relaxed: false });
        const losses = [first, first + more].map((step) => [...slice.advance(step)]);
        return { losses, state: structuredClone(slice.state()) };
      };
      expect(train(createHiddenLaneSlice)).toEqual(train(createKernelSlice));
    }),
    { numRuns: 15, seed: 1 },
  );
}, 120_000);

test.each(['relu', 'linear'] as const)('a model that diverges leaves the next one alone (output %s)', (output) => {
  const size = { n: 19, m: 9, densities: 2, densityTo: 0.9, replicas: 1, batch: 64, steps: 20 };
  const spec = resolve({ ...DEFAULT_PARAMETERS, ...size, output });
  const train = (from: 0 | 1): Float32Array => {
    const both = toState(spec, initialCheckpoint(spec));
    heldBy(both, 'W').fill(1e25, 0, size.n * size.m);
    const state: TrainingState = Object.fromEntries(
      Object.entries(both).map(([name, data]) => [name, data.slice((from * data.length) / 2)]),
    );
    const slice = createHiddenLaneSlice({ spec, from, to: 2, step: 0, state, relaxed: false });
    slice.advance(spec.steps);
    return heldBy(slice.state(), 'W').slice(-size.n * size.m);
  };
  expect(train(0)).toEqual(train(1));
  expect(train(1).every(Number.isFinite)).toBe(true);
});
