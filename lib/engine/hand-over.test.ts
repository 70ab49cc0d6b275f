import { setFlagsFromString } from 'node:v8';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { describe, expect, test } from 'vitest';
import { present } from '#lib/base/assert';
import type { Checkpoint } from '#lib/runs/events';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { createFusedTrainer } from './fused/trainer.ts';
import { hasRelaxed } from './fused/wasm/instance.ts';
import { createReferenceTrainer } from './reference/trainer.ts';
import { createTfjsTrainer } from './tfjs/trainer.ts';
import { collect, createHost, lastCheckpoint } from './trainer.contract.ts';
import type { Trainer } from './trainer.ts';

// Node 20 has it behind a flag, which is taken until the first kernel is compiled.
if (!hasRelaxed()) setFlagsFromString('--experimental-wasm-relaxed-simd');

interface Engine {
  readonly trainer: Trainer;
  readonly prepare: () => Promise<unknown>;
}

const ready = (trainer: Trainer): Engine => ({ trainer, prepare: () => Promise.resolve() });

/** tfjs has one backend at a time. */
const onBackend = (backend: string): Engine => ({
  trainer: createTfjsTrainer({ tf, engine: { name: `tfjs-${backend}`, device: 'a test' } }),
  prepare: () => tf.setBackend(backend),
});

const fused = createFusedTrainer({
  workers: 0,
  spawn: () => {
    throw new Error('no worker is needed');
  },
});
const engines: readonly Engine[] = [
  ready(createReferenceTrainer()),
  ready(fused),
  ...(fused.relaxed === undefined ? [] : [ready(fused.relaxed)]),
  onBackend('cpu'),
  onBackend('wasm'),
];

async function trainTo({ trainer, prepare }: Engine, spec: RunSpec, step: number, from?: Checkpoint) {
  await prepare();
  const host = createHost({ target: step, whenPaused: () => 'stop', ...(from === undefined ? {} : { from }) });
  return lastCheckpoint(await collect(trainer.train(spec, host)));
}

/** max|a − e| / max|e|, over the tensors of that name. */
function differenceOf(name: string, actual: Checkpoint, expected: Checkpoint): number {
  const dataOf = ({ tensors }: Checkpoint): Float32Array =>
    present(
      tensors.find((tensor) => tensor.name === name),
      name,
    ).data;
  const [a, e] = [dataOf(actual), dataOf(expected)];
  const largest = e.reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (e[i] ?? NaN))), 0) / largest;
}

/** One for each of the fused kernels, and one for each kind of model; schedule and bias correction go on where they were. */
const RUNS: readonly Partial<Parameters>[] = [
  { n: 5, m: 2 },
  { n: 33, m: 7 },
  { n: 6, m: 3, hidden: 'relu', data: 'finite', examplesFrom: 30, examplesTo: 200, exampleCounts: 2 },
  { n: 6, m: 3, model: 'untied', hidden: 'relu', target: 'abs', data: 'signed' },
  { n: 8, m: 3, model: 'untied', hidden: 'linear', data: 'anticorrelated', setSize: 4, relativeDensityFrom: 2 },
];

describe.each(RUNS.map((run) => [JSON.stringify(run).replaceAll('"', ''), run] as const))('%s', (_, run) => {
  const spec = resolve({
    ...{ ...DEFAULT_PARAMETERS, densities: 2, densityTo: 0.2, replicas: 2, batch: 64 },
    ...{ steps: 60, schedule: 'cosine', learningRate: 0.01, seed: 5, ...run },
  });
  const able = engines.filter(({ trainer }) => trainer.refuses(spec) === undefined);
  const pairs = able.flatMap((first) => able.filter((second) => second !== first).map((second) => [first, second]));

  test.each(pairs.map((pair) => [pair.map(({ trainer }) => trainer.engine.name).join(' → '), pair] as const))(
    '%s at step 20: 20 steps later weights and moments are the reference’s, within 1e-3',
    async (_names, [first, second]) => {
      const reference = present(engines[0], 'the reference');
      const half = await trainTo(present(first, 'an engine'), spec, 20);
      const whole = await trainTo(present(second, 'an engine'), spec, 40, half);
      const expected = await trainTo(reference, spec, 40);
      expect([half.step, whole.step]).toEqual([20, 40]);
      for (const { name } of expected.tensors) expect(differenceOf(name, whole, expected), name).toBeLessThan(1e-3);
      // What was handed over took part: from the start, 20 steps fewer lead elsewhere.
      const fresh = await trainTo(reference, spec, 20);
      expect(differenceOf(spec.model.kind === 'tied' ? 'W' : 'W1', whole, fresh)).toBeGreaterThan(0.01);
    },
  );
});
