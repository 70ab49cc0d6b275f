/**
 * tfjs on a GPUDevice that somebody else opened and keeps: one device for the fused engine and for the oracle. By itself tfjs would
 * open another, on whatever adapter the browser likes, and go on with another backend where there is none.
 */
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { OpenedDevice } from '../fused/webgpu/adapter.ts';
import { createCompiled, createGuard, tooLittleMemory } from '../fused/webgpu/gpu.ts';
import type { Stepper } from '../stepper.ts';
import type { Trainer } from '../trainer.ts';
import { drawnBatches } from './drawn-batches.ts';
import { byHand, type DeriveModel } from './gradients.ts';
import { createTfjsStepper } from './stepper.ts';
import type { Tf } from './tf.ts';
import { createTfjsTrainer } from './trainer.ts';

export interface TfjsWebgpuOptions {
  readonly tf: Tf;
  /** The backend of @tensorflow/tfjs-backend-webgpu around a device. */
  readonly createBackend: (device: GPUDevice, info: GPUAdapterInfo) => KernelBackend;
  readonly opened: OpenedDevice;
  /** By hand unless told otherwise. */
  readonly derive?: DeriveModel;
}

/** As the package's kernels are registered. */
const BACKEND = 'webgpu';

/** Makes the device tfjs's backend, the only one at a time: asking for another ends this. Throws where tfjs does not take it. */
export async function createTfjsWebgpuTrainer({
  tf,
  createBackend,
  opened: { device, info, name },
  derive = byHand,
}: TfjsWebgpuOptions): Promise<Trainer> {
  if (deviceOf(tf) !== device) {
    // The package has put one there that opens a device of its own; or it is of a device that was lost.
    if (BACKEND in tf.engine().registryFactory) tf.removeBackend(BACKEND);
    tf.registerBackend(BACKEND, () => createBackend(device, info));
  }
  if (!(await tf.setBackend(BACKEND)))
    throw new Error('tfjs does not take this graphics device: choose another engine.');
  await tf.ready();
  const watched = createWatch(device);
  const parts = { tf, derive, openBatches: drawnBatches(device, createCompiled(device)) };
  return createTfjsTrainer({
    tf,
    engine: { name: 'tfjs-webgpu', device: `${name} · tfjs, WebGPU` },
    largest: device.limits.maxStorageBufferBindingSize,
    open: async (spec, step, state) => {
      try {
        return guarded(await watched(() => createTfjsStepper(parts, spec, step, state)), watched, () => freePool(tf));
      } catch (error) {
        freePool(tf);
        throw error;
      }
    },
  });
}

/** What a backend of the package shows of its buffers. */
interface PooledBackend extends KernelBackend {
  readonly commandEncoder: GPUCommandEncoder | null;
  readonly endComputePassEncoder: () => void;
  readonly submitQueue: () => void;
  readonly bufferManager: { readonly getNumUsedBuffers: () => number; readonly dispose: () => void };
}

/**
 * Frees the buffers of what has been disposed of, which the package keeps for the next of their size until its device goes: a run
 * of another shape has no use for them. Where some are still in use, none, since it can free them only together.
 */
export function freePool(tf: Tf): void {
  const backend = tf.backend() as Partial<PooledBackend>;
  // What is to be freed waits there for its commands to be submitted.
  if (backend.commandEncoder) {
    backend.endComputePassEncoder?.();
    backend.submitQueue?.();
  }
  if (backend.bufferManager?.getNumUsedBuffers() === 0) backend.bufferManager.dispose();
}

/** Does one thing at a time on a device; rejects where the device is lost, or has too little memory for it. */
type Watch = <T>(work: () => T | Promise<T>) => Promise<T>;

export function createWatch(device: GPUDevice): Watch {
  const guard = createGuard(device);
  return async (work) => {
    device.pushErrorScope('out-of-memory');
    const done = await settled(guard(Promise.resolve().then(work)));
    const full = await guard(device.popErrorScope());
    // Whatever else is wrong is so for want of a buffer.
    if (full !== null) throw tooLittleMemory(full.message);
    if ('error' in done) throw done.error;
    return done.value;
  };
}

const settled = <T>(work: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

/** The device that tfjs has been given, if any: to ask tfjs for its backend would have the package open one of its own. */
const deviceOf = (tf: Tf): GPUDevice | undefined =>
  (tf.engine().registry[BACKEND] as (KernelBackend & { readonly device?: GPUDevice }) | undefined)?.device;

/** Nothing waits for a device that is gone, and nothing goes on with buffers that do not exist. */
const guarded = (stepper: Stepper, watched: Watch, freed: () => void): Stepper => ({
  advance: (step) => watched(() => stepper.advance(step)),
  weights: () => watched(() => stepper.weights()),
  state: () => watched(() => stepper.state()),
  evaluate: () => watched(() => stepper.evaluate()),
  dispose: () => {
    stepper.dispose();
    freed();
  },
});
