/** The tiled kernels at work: five to seven dispatches a step, many steps in a submit, instances in groups where scratch would be too large. */
import type { Numbers } from '#lib/base/matrix';
import { instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { EVALUATION_SAMPLES, modelOf } from '#lib/spec/samples';
import { dataShapeOf } from './data.ts';
import { dispatch, UNIFORM_STRIDE } from './gpu.ts';
import { rowLayout } from './layout.ts';
import { addParts, type Steps, type StepsOptions, type Tuning } from './steps.ts';
import {
  backwardShader,
  encoderGradientShader,
  gradientShader,
  hiddenShader,
  LENGTH_THREADS,
  lengthShader,
  lossParts,
  outputShader,
  TILED_UNIFORM_BYTES,
  tilesOf,
  UPDATE_THREADS,
  updateShader,
  type TiledOptions,
} from './tiled.ts';
import { UPDATE_NUMBERS } from './updates.ts';

/** Steps in one submit: enough that submitting costs nothing beside them. */
const STEPS_IN_SUBMIT = 64;

/** bytes of scratch at most: what every device allows in one buffer */
const SCRATCH_BYTES = 128 * 1024 * 1024;

/** Samples of an evaluation's dispatch at least. */
const EVALUATION_CAPACITY = 1_024;

/** Workgroups that keep a large device busy. */
const ENOUGH_WORKGROUPS = 512;
const MOST_PARTS = 16;
/** Samples in a part at least. */
const LEAST_IN_PART = 64;

interface Layout extends TiledOptions {
  readonly instances: number;
  /** Instances trained at a time, so that their scratch fits. */
  readonly together: number;
}

function layoutOf(spec: RunSpec, tuning: Tuning): Layout {
  const { optimizer, batch } = spec;
  const model = modelOf(spec);
  const { n, m } = model;
  const instances = instanceCount(spec);
  const capacity = Math.max(batch, EVALUATION_CAPACITY);
  const together = Math.max(1, Math.min(instances, Math.floor(SCRATCH_BYTES / (4 * capacity * Math.max(n, m)))));
  const [across, down] = tilesOf(n, m + 1);
  const wanted = Math.ceil(ENOUGH_WORKGROUPS / (across * down * together));
  const { parts = Math.max(1, Math.min(wanted, MOST_PARTS, Math.floor(batch / LEAST_IN_PART))) } = tuning;
  return { model, data: dataShapeOf(spec), optimizer, batch, capacity, parts, instances, together };
}

export function openTiled({ gpu, spec, buffers, updates, tuning }: StepsOptions): Steps {
  const layout = layoutOf(spec, tuning);
  const { model, instances, together, capacity, parts } = layout;
  const { n, m } = model;
  const uniforms = gpu.uniforms(TILED_UNIFORM_BYTES, STEPS_IN_SUBMIT);
  const weights = n * rowLayout(model).length;
  const isFinite = layout.data.kind === 'finite';
  const isUntied = model.kind === 'untied';
  const slots = lossParts(model, capacity);
  const losses = gpu.storage(instances * slots * 4);
  const bound = {
    ...buffers,
    losses,
    dispatch: uniforms,
    hidden: gpu.storage(together * capacity * m * 4),
    output: gpu.storage(together * capacity * n * 4),
    backward: gpu.storage(together * capacity * m * 4),
    parts: gpu.storage(together * parts * weights * 4),
    lengths: gpu.storage(isFinite ? together * capacity * 4 : 0),
  };
  const forEvaluation = { ...bound, instances: buffers.evaluationInstances };
  const forwardKernels = (buffers: typeof bound) => ({
    lengths: isFinite ? gpu.kernel(lengthShader(layout), buffers) : undefined,
    hidden: gpu.kernel(hiddenShader(layout), buffers),
    outputs: gpu.kernel(outputShader(layout), buffers),
  });
  const kernels = {
    ...forwardKernels(bound),
    backward: gpu.kernel(backwardShader(layout), bound),
    gradient: gpu.kernel(gradientShader(layout), bound),
    encoderGradient: isUntied ? gpu.kernel(encoderGradientShader(layout), bound) : undefined,
    update: gpu.kernel(updateShader(layout), bound),
  };
  const evaluation = forwardKernels(forEvaluation);

  const groups = Array.from({ length: Math.ceil(instances / together) }, (_, group) => ({
    first: group * together,
    count: Math.min(together, instances - group * together),
  }));

  function forward(
    pass: GPUComputePassEncoder,
    evaluates: boolean,
    slot: number,
    samples: number,
    count: number,
  ): void {
    const { lengths, hidden, outputs } = evaluates ? evaluation : kernels;
    if (lengths !== undefined) dispatch(pass, lengths, slot, Math.ceil(samples / LENGTH_THREADS), 1, count);
    dispatch(pass, hidden, slot, ...tilesOf(samples, m), count);
    dispatch(pass, outputs, slot, ...tilesOf(samples, n), count);
  }

  function trainStep(pass: GPUComputePassEncoder, slot: number, count: number): void {
    const { batch } = spec;
    forward(pass, false, slot, batch, count);
    dispatch(pass, kernels.backward, slot, ...tilesOf(batch, m), count);
    dispatch(pass, kernels.gradient, slot, ...tilesOf(n, m + 1), count * parts);
    if (kernels.encoderGradient !== undefined)
      dispatch(pass, kernels.encoderGradient, slot, ...tilesOf(n, m), count * parts);
    dispatch(pass, kernels.update, slot, Math.ceil(weights / UPDATE_THREADS), 1, count);
  }

  /** Submits `all` dispatch sets, as many at a time as there are slots for their uniforms. */
  function submit(
    all: readonly Dispatch[],
    encode: (pass: GPUComputePassEncoder, slot: number, dispatch: Dispatch) => void,
  ): void {
    for (let first = 0; first < all.length; first += STEPS_IN_SUBMIT) {
      const some = all.slice(first, first + STEPS_IN_SUBMIT);
      gpu.device.queue.writeBuffer(uniforms.buffer, 0, uniformBytes(some));
      const encoder = gpu.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      some.forEach((each, slot) => encode(pass, slot, each));
      pass.end();
      gpu.device.queue.submit([encoder.finish()]);
    }
  }

  function clearLosses(): void {
    const encoder = gpu.device.createCommandEncoder();
    encoder.clearBuffer(losses);
    gpu.device.queue.submit([encoder.finish()]);
  }

  async function readLosses(): Promise<Numbers> {
    return addParts(await gpu.read(gpu.device.createCommandEncoder(), [losses, instances * slots]), slots);
  }

  return {
    async train(step, count) {
      clearLosses();
      const next = updates.next(count);
      // Groups never talk, so one goes through all steps before the next.
      for (const { first, count: trained } of groups) {
        const dispatches = Array.from({ length: count }, (_, i): Dispatch => {
          const update = next.subarray(i * UPDATE_NUMBERS, (i + 1) * UPDATE_NUMBERS);
          return {
            step: step + i,
            firstSample: 0,
            samples: spec.batch,
            firstInstance: first,
            wantsLoss: i === count - 1,
            update,
          };
        });
        submit(dispatches, (pass, slot) => trainStep(pass, slot, trained));
      }
      return readLosses();
    },
    async evaluate() {
      clearLosses();
      for (const { first, count } of groups) {
        const dispatches = Array.from({ length: Math.ceil(EVALUATION_SAMPLES / capacity) }, (_, chunk): Dispatch => {
          const firstSample = chunk * capacity;
          const samples = Math.min(capacity, EVALUATION_SAMPLES - firstSample);
          return { step: 0, firstSample, samples, firstInstance: first, wantsLoss: true, update: NO_UPDATE };
        });
        submit(dispatches, (pass, slot, { samples }) => forward(pass, true, slot, samples, count));
      }
      return readLosses();
    },
  };
}

/** `struct Dispatch` of tiled.ts. */
interface Dispatch {
  readonly step: number;
  readonly firstSample: number;
  readonly samples: number;
  readonly firstInstance: number;
  readonly wantsLoss: boolean;
  readonly update: Float32Array;
}

const NO_UPDATE = new Float32Array(UPDATE_NUMBERS);
/** bytes before `update`, which is aligned to 16 */
const UPDATE_OFFSET = 32;

function uniformBytes(dispatches: readonly Dispatch[]): ArrayBuffer {
  const bytes = new ArrayBuffer(dispatches.length * UNIFORM_STRIDE);
  dispatches.forEach(({ step, firstSample, samples, firstInstance, wantsLoss, update }, slot) => {
    const words = [step, firstSample, samples, firstInstance, wantsLoss ? 1 : 0];
    new Uint32Array(bytes, slot * UNIFORM_STRIDE, words.length).set(words);
    new Float32Array(bytes, slot * UNIFORM_STRIDE + UPDATE_OFFSET, UPDATE_NUMBERS).set(update);
  });
  return bytes;
}
