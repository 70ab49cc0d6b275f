/**
 * tfjs on a GPUDevice that somebody else opened and keeps: one device for the fused engine and for the oracle. By itself tfjs would
 * open another, on whatever adapter the browser likes, and go on with another backend where there is none.
 */
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { OpenedDevice } from '../fused/webgpu/adapter.ts';
import { createCompiled, createGuard } from '../fused/webgpu/gpu.ts';
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
  const guard = createGuard(device);
  const parts = { tf, derive, openBatches: drawnBatches(device, createCompiled(device)) };
  return createTfjsTrainer({
    tf,
    engine: { name: 'tfjs-webgpu', device: `${name} · tfjs, WebGPU` },
    largest: device.limits.maxStorageBufferBindingSize,
    open: (spec, step, state) => Promise.resolve(guarded(createTfjsStepper(parts, spec, step, state), guard)),
  });
}

/** The device that tfjs has been given, if any: to ask tfjs for its backend would have the package open one of its own. */
const deviceOf = (tf: Tf): GPUDevice | undefined =>
  (tf.engine().registry[BACKEND] as (KernelBackend & { readonly device?: GPUDevice }) | undefined)?.device;

/** Nothing waits for a device that is gone. */
const guarded = (stepper: Stepper, guard: <T>(work: Promise<T>) => Promise<T>): Stepper => ({
  advance: (step) => guard(stepper.advance(step)),
  weights: () => guard(stepper.weights()),
  state: () => guard(stepper.state()),
  evaluate: () => guard(stepper.evaluate()),
  dispose: () => stepper.dispose(),
});
