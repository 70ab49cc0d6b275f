import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { createTfjsWebgpuTrainer } from './webgpu.ts';

class Backend extends tf.KernelBackend {
  readonly device: GPUDevice;

  constructor(device: GPUDevice) {
    super();
    this.device = device;
  }
}

test('tfjs is given the device, once, and never opens one of its own', async () => {
  const device = { lost: new Promise(() => undefined), limits: {} } as unknown as GPUDevice;
  // As the package registers itself where there is WebGPU.
  const opensOwn = vi.fn(() => Promise.resolve(new Backend({} as GPUDevice)));
  tf.registerBackend('webgpu', opensOwn);
  const createBackend = vi.fn((given: GPUDevice) => new Backend(given));
  const opened = { device, info: {} as GPUAdapterInfo, name: 'A card' };
  // The first run, and the next.
  await createTfjsWebgpuTrainer({ tf, createBackend, opened });
  await createTfjsWebgpuTrainer({ tf, createBackend, opened });
  expect(opensOwn).not.toHaveBeenCalled();
  expect(createBackend).toHaveBeenCalledTimes(1);
  expect(tf.backend()).toHaveProperty('device', device);
});
