/** tfjs on a device of Dawn, beside the fused engine: a graphics card, or one in software, where there is either. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createWebgpuTrainer } from '#lib/engine/fused/webgpu/trainer';
import { createCompiled } from '#lib/engine/fused/webgpu/gpu';
import { KINDS } from '#lib/engine/kinds';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import { createStandbyTrainer } from '#lib/engine/standby';
import { uploadedBatches } from '#lib/engine/tfjs/batches';
import { drawnBatches } from '#lib/engine/tfjs/drawn-batches';
import { collect, createHost, lastCheckpoint, trainerContract } from '#lib/engine/trainer.contract';
import type { Trainer } from '#lib/engine/trainer';
import type { Checkpoint } from '#lib/runs/events';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { openDawn } from './dawn.ts';
import { openTfjsWebgpu } from './tfjs-webgpu.ts';

vi.setConfig({ testTimeout: 300_000 });

const TOLERANCE = 1e-4;

const opened = await openDawn({ allowSoftware: true });

const specOf = (parameters: Partial<Parameters>): RunSpec =>
  resolve({ ...DEFAULT_PARAMETERS, n: 6, m: 3, densities: 2, replicas: 2, batch: 37, steps: 40, ...parameters });

/** The checkpoint at a step. */
const checkpointAt = async (trainer: Trainer, spec: RunSpec, target: number): Promise<Checkpoint> =>
  lastCheckpoint(await collect(trainer.train(spec, createHost({ target, whenPaused: () => 'stop' }))));

/** max|a − e| / max|e| over the tensor where that is greatest. */
function errorOf(actual: Checkpoint, expected: Checkpoint): number {
  const errors = expected.tensors.map(({ data }, tensor) => {
    const difference = data.map((value, i) => Math.abs((actual.tensors[tensor]?.data[i] ?? NaN) - value));
    return Math.max(...difference) / Math.max(...data.map(Math.abs));
  });
  return Math.max(...errors);
}

if (typeof opened === 'string') {
  process.stderr.write(`tfjs on WebGPU is not tested: ${opened}\n`);
  test.skip(`tfjs on WebGPU: ${opened}`, () => undefined);
} else {
  const { device, name, info } = opened;
  const trainer = await openTfjsWebgpu(opened);
  afterAll(() => device.destroy());

  // In software a step takes a tenth of a second, and an evaluation several: there, the steps below.
  if (!info.isFallbackAdapter) trainerContract('tfjs-webgpu', () => trainer, { gradient: TOLERANCE, loss: TOLERANCE });

  test.each(KINDS)(
    `moments after a step, and weights after three, within ${TOLERANCE} of the reference: %o`,
    async (kind) => {
      const spec = specOf({ ...kind, schedule: 'cosine' });
      for (const step of [1, 3]) {
        const expected = await checkpointAt(createReferenceTrainer(), spec, step);
        expect(errorOf(await checkpointAt(trainer, spec, step), expected)).toBeLessThanOrEqual(TOLERANCE);
      }
    },
  );

  test.each([
    { data: 'independent', relativeDensityFrom: 4, relativeDensityTo: 4 },
    { data: 'signed', seed: 0xffffffff },
    { data: 'correlated', setSize: 4, n: 7 },
    { data: 'anticorrelated', setSize: 4, n: 7 },
    { data: 'finite', examplesFrom: 11, examplesTo: 50, exampleCounts: 2 },
  ] as const)(
    'draws the numbers of lib/model/data on the device, of batches and of the evaluation: %o',
    async (data) => {
      const spec = specOf({ densityTo: 0.01, ...data });
      const [drawn, uploaded] = [drawnBatches(device, createCompiled(device)), uploadedBatches].map((open) =>
        open(tf, spec),
      );
      // The length of a finite set's example is summed in float32.
      const digits = data.data === 'finite' ? 6 : 9;
      const block = { cell: 1, cells: 1, first: 1_024, count: 300 };
      for (const [own, other] of [
        ...[0, 1, 199_999].map((step) => [drawn?.batch(step), uploaded?.batch(step)] as const),
        [drawn?.evaluation(block), uploaded?.evaluation(block)] as const,
      ]) {
        expect(own?.shape).toEqual(other?.shape);
        const [values, wanted] = [await own?.data(), await other?.data()];
        wanted?.forEach((value, i) => expect(values?.[i]).toBeCloseTo(value, digits));
        tf.dispose([own, other].filter((tensor) => tensor !== undefined));
      }
      for (const batches of [drawn, uploaded]) batches?.dispose();
    },
  );

  test('trains on one device with the fused engine, in turns, as either does alone', async () => {
    const spec = specOf({});
    const fused = createWebgpuTrainer(device, name);
    const alone = [await checkpointAt(trainer, spec, 3), await checkpointAt(fused, spec, 3)];
    const target = (step: number, from: Checkpoint) => createHost({ from, target: step, whenPaused: () => 'stop' });
    let [own, other] = [await checkpointAt(trainer, spec, 1), await checkpointAt(fused, spec, 1)];
    for (const step of [2, 3]) {
      own = lastCheckpoint(await collect(trainer.train(spec, target(step, own))));
      other = lastCheckpoint(await collect(fused.train(spec, target(step, other))));
    }
    expect([own.tensors, other.tensors]).toEqual(alone.map(({ tensors }) => tensors));
  });

  test('leaves no tensor behind', async () => {
    await checkpointAt(trainer, specOf({}), 2);
    const before = tf.memory().numTensors;
    for (let run = 0; run < 3; run++) await checkpointAt(trainer, specOf({}), 2);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('keeps no buffer between runs', async () => {
    await checkpointAt(trainer, specOf({ batch: 41 }), 2);
    const { bufferManager } = tf.backend() as unknown as { bufferManager: { numBytesAllocated: number } };
    expect(bufferManager.numBytesAllocated).toBe(0);
  });

  describe('a device that is lost in the middle of a run', () => {
    test('is told as a failure, and the standby goes on from the last checkpoint to the end', async () => {
      const doomed = await openDawn({ allowSoftware: true });
      if (typeof doomed === 'string') throw new Error(doomed);
      const spec = specOf({ steps: 300 });
      const standby = createStandbyTrainer(await openTfjsWebgpu(doomed), createReferenceTrainer());
      const events = [];
      for await (const event of standby.train(spec, createHost())) {
        events.push(event);
        if (event.type === 'metrics' && event.step >= 2) doomed.device.destroy();
      }
      const engines = events.flatMap((event) => (event.type === 'started' ? [event.engine] : []));
      expect(engines.map((engine) => engine.name)).toEqual(['tfjs-webgpu', 'reference']);
      expect(engines[1]?.device).toMatch(/since step \d+: The graphics device was lost/);
      expect(events.at(-1)).toMatchObject({ type: 'finished', step: 300 });
    });
  });
}
