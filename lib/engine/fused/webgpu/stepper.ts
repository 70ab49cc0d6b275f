/** Training on a GPUDevice: which kernels, over which buffers, how many steps in a dispatch and a submit. */
import { at } from '#lib/base/matrix';
import type { RunSpec } from '#lib/spec/spec';
import { instanceCount } from '#lib/spec/cells';
import type { TrainingState } from '../../checkpoint.ts';
import type { Stepper } from '../../stepper.ts';
import { batchSize, EVALUATION_SAMPLES, modelOf } from '#lib/spec/samples';
import { createGpu, tooLittleMemory, type Compiled, type Gpu } from './gpu.ts';
import {
  importanceRows,
  instanceCodes,
  joinMoments,
  joinWeights,
  rowLayout,
  toTrainingState,
  toWeights,
} from './layout.ts';
import { isPersistent } from './persistent.ts';
import { openPersistent } from './persistent-steps.ts';
import { openTiled } from './tiled-steps.ts';
import type { SharedBuffers, Steps, Tuning } from './steps.ts';
import { createUpdates } from './updates.ts';

export async function openWebgpuStepper(
  device: GPUDevice,
  compiled: Compiled,
  spec: RunSpec,
  start: number,
  state: TrainingState,
  tuning: Tuning = {},
): Promise<Stepper> {
  const gpu = createGpu(device, compiled);
  const updates = createUpdates(spec.optimizer, start, spec.steps);
  try {
    const buffers = fillBuffers(gpu, spec, state);
    const open = isPersistent(modelOf(spec)) && tuning.tiled !== true ? openPersistent : openTiled;
    const steps = await withoutErrors(gpu, () => open({ gpu, spec, buffers, updates, tuning }));
    return createStepper(gpu, spec, start, { buffers, steps });
  } catch (error) {
    gpu.dispose();
    throw error;
  }
}

interface Opened {
  readonly buffers: SharedBuffers;
  readonly steps: Steps;
}

function createStepper(gpu: Gpu, spec: RunSpec, start: number, { buffers, steps }: Opened): Stepper {
  const { n } = spec.model;
  const weights = instanceCount(spec) * n * rowLayout(modelOf(spec)).length;
  // Once: a chunk of ten thousand models takes less than to ask for each of them.
  const terms = Float64Array.from({ length: instanceCount(spec) }, (_, instance) => batchSize(spec, instance) * n);
  let step = start;
  const commands = (): GPUCommandEncoder => gpu.device.createCommandEncoder();
  return {
    async advance(to) {
      const sums = await steps.train(step, to - step);
      step = to;
      return Float64Array.from(sums, (sum, instance) => sum / at(terms, instance));
    },
    async weights() {
      return toWeights(spec, await gpu.read(commands(), [buffers.weights, weights]));
    },
    async state() {
      const numbers = await gpu.read(commands(), [buffers.weights, weights], [buffers.moments, 2 * weights]);
      return toTrainingState(spec, numbers.subarray(0, weights), numbers.subarray(weights));
    },
    async evaluate() {
      return Array.from(await steps.evaluate(), (sum) => sum / (EVALUATION_SAMPLES * n));
    },
    dispose: gpu.dispose,
  };
}

function fillBuffers(gpu: Gpu, spec: RunSpec, state: TrainingState): SharedBuffers {
  const filled = (data: ArrayBuffer): GPUBuffer => {
    const buffer = gpu.storage(data.byteLength);
    gpu.device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  };
  return {
    instances: filled(instanceCodes(spec, 'data')),
    evaluationInstances: filled(instanceCodes(spec, 'evaluation')),
    importances: filled(importanceRows(spec).buffer),
    weights: filled(joinWeights(spec, state).buffer),
    moments: filled(joinMoments(spec, state).buffer),
  };
}

/** Opens, and throws what the device complains of: by itself it would go on with buffers that do not exist. */
async function withoutErrors<T>(gpu: Gpu, open: () => T): Promise<T> {
  gpu.device.pushErrorScope('out-of-memory');
  gpu.device.pushErrorScope('validation');
  const opened = open();
  const [wrong, full] = await gpu.guard(Promise.all([gpu.device.popErrorScope(), gpu.device.popErrorScope()]));
  if (full !== null) throw tooLittleMemory(full.message);
  if (wrong !== null) throw new Error(`The graphics device refused a kernel: ${wrong.message}`);
  return opened;
}
