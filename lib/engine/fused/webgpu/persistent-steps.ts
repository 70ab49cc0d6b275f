/** The persistent kernel at work: one dispatch for as many steps as are asked for, up to the room for their updates. */
import type { Numbers } from '#lib/base/matrix';
import { instanceCount } from '#lib/spec/cells';
import { EVALUATION_SAMPLES, modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { dataShapeOf } from './data.ts';
import { dispatch, type Gpu } from './gpu.ts';
import { persistentEvaluation, persistentTraining } from './persistent.ts';
import { addParts, type Steps, type StepsOptions } from './steps.ts';
import { UPDATE_NUMBERS } from './updates.ts';

/** Steps in one dispatch at most: 128 KB of updates. The loop asks for 20 ms of work at a time, seldom as many. */
const MOST_STEPS = 8_192;

/** bytes of `struct Dispatch` */
const UNIFORM_BYTES = 8;

/** Threads of a workgroup: what every device allows. */
const MOST_THREADS = 256;
const LEAST_THREADS = 32;

/** Workgroups that evaluate one instance: eight instances alone would leave most of a device idle. */
const EVALUATION_PARTS = 16;

/** Instances from which on each gets fewer threads: the card is full, and adding up the threads' sums is what is left to save. */
const CROWDED: readonly (readonly [instances: number, threads: number])[] = [
  [4_096, 32],
  [256, 64],
];
/** Weights from which on 128 threads are faster than 256: more sums to add up than samples to share. */
const MANY_WEIGHTS = 64;

/** The least power of two that gives every sample a thread, within what was fastest on a card (README.md). */
function threadsFor({ batch, model }: RunSpec, instances: number): number {
  const crowded = CROWDED.find(([least]) => instances >= least)?.[1];
  const most = crowded ?? (model.n * model.m >= MANY_WEIGHTS ? MOST_THREADS / 2 : MOST_THREADS);
  let threads = LEAST_THREADS;
  while (threads < batch && threads < most) threads *= 2;
  return threads;
}

export function openPersistent({ gpu, spec, buffers, updates, tuning }: StepsOptions): Steps {
  const instances = instanceCount(spec);
  const { optimizer, batch } = spec;
  const [model, data] = [modelOf(spec), dataShapeOf(spec)];
  const { threads = threadsFor(spec, instances) } = tuning;
  const uniforms = gpu.uniforms(UNIFORM_BYTES, 1);
  const updateBuffer = gpu.storage(MOST_STEPS * UPDATE_NUMBERS * 4);
  const losses = gpu.storage(instances * EVALUATION_PARTS * 4);
  const workgroupBytes = gpu.device.limits.maxComputeWorkgroupStorageSize;
  const training = gpu.kernel(persistentTraining({ model, data, optimizer, batch, threads, workgroupBytes }), {
    ...buffers,
    dispatch: uniforms,
    updates: updateBuffer,
    losses,
  });
  const evaluation = gpu.kernel(
    persistentEvaluation(model, data, { threads: MOST_THREADS, samples: EVALUATION_SAMPLES, parts: EVALUATION_PARTS }),
    { ...buffers, losses },
  );

  function encode(step: number, count: number): GPUCommandEncoder {
    const { queue } = gpu.device;
    queue.writeBuffer(uniforms.buffer, 0, Uint32Array.of(step, count));
    queue.writeBuffer(updateBuffer, 0, updates.next(count));
    return inOnePass(gpu, (pass) => dispatch(pass, training, 0, instances));
  }

  return {
    async train(step, count): Promise<Numbers> {
      let done = 0;
      for (; count - done > MOST_STEPS; done += MOST_STEPS)
        gpu.device.queue.submit([encode(step + done, MOST_STEPS).finish()]);
      return gpu.read(encode(step + done, count - done), [losses, instances]);
    },
    async evaluate() {
      const commands = inOnePass(gpu, (pass) => dispatch(pass, evaluation, 0, instances, EVALUATION_PARTS));
      return addParts(await gpu.read(commands, [losses, instances * EVALUATION_PARTS]), EVALUATION_PARTS);
    },
  };
}

function inOnePass({ device }: Gpu, encode: (pass: GPUComputePassEncoder) => void): GPUCommandEncoder {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  encode(pass);
  pass.end();
  return encoder;
}
