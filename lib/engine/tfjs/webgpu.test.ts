import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { createTfjsWebgpuTrainer, createWatch, freePool } from './webgpu.ts';

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

describe('a device with too little memory', () => {
  /** Whose error scopes end with these, one after the other. */
  const deviceThat = (...ends: readonly (string | null)[]): GPUDevice => {
    const left = [...ends];
    const popErrorScope = (): Promise<GPUError | null> => {
      const message = left.shift() ?? null;
      return Promise.resolve(message === null ? null : { message });
    };
    return { lost: new Promise(() => undefined), pushErrorScope: vi.fn(), popErrorScope } as unknown as GPUDevice;
  };

  test('is told with what to change, whatever else is wrong for want of a buffer', async () => {
    const watched = createWatch(deviceThat(null, 'Buffer allocation failed', 'again'));
    await expect(watched(() => 1)).resolves.toBe(1);
    const told = /too little memory.*\(Buffer allocation failed\): take fewer replicas.*another engine/;
    await expect(watched(() => 2)).rejects.toThrow(told);
    await expect(watched(() => Promise.reject(new Error('a buffer is invalid')))).rejects.toThrow(/too little memory/);
  });

  test('is not blamed for what is wrong by itself, and every scope is ended', async () => {
    const device = deviceThat(null, null);
    const pop = vi.spyOn(device, 'popErrorScope');
    const watched = createWatch(device);
    await expect(watched(() => Promise.reject(new Error('a shape')))).rejects.toThrow('a shape');
    const fails = (): number => {
      throw new Error('at once');
    };
    await expect(watched(fails)).rejects.toThrow('at once');
    expect(pop).toHaveBeenCalledTimes(2);
  });
});

test('buffers are freed between runs, once their commands are on their way, and none that is in use', () => {
  const calls: string[] = [];
  const call = (name: string) => () => void calls.push(name);
  let used = 2;
  const backend = {
    commandEncoder: {} as object | null,
    endComputePassEncoder: call('end'),
    submitQueue: call('submit'),
    bufferManager: { getNumUsedBuffers: () => used, dispose: call('free') },
  };
  const of = { backend: () => backend } as unknown as typeof tf;
  freePool(of);
  expect(calls.splice(0)).toEqual(['end', 'submit']);
  [backend.commandEncoder, used] = [null, 0];
  freePool(of);
  expect(calls).toEqual(['free']);
  // Another backend has none.
  expect(() => freePool({ backend: () => ({}) } as unknown as typeof tf)).not.toThrow();
});
