import { expect, test } from 'vitest';
import { openDevice } from './adapter.ts';

const INFO = { vendor: 'acme', architecture: 'roadrunner', description: '', isFallbackAdapter: false };
const never = <T>(): Promise<T> => new Promise(() => undefined);

/** A GPU with one adapter, whose device remembers what was asked of it. */
function fakeGpu(info: Partial<typeof INFO>, answers = true): GPU {
  const adapter = {
    info: { ...INFO, ...info },
    limits: { maxBufferSize: 7, maxComputeWorkgroupStorageSize: 32_768 },
    requestDevice: (asked: GPUDeviceDescriptor) => Promise.resolve({ asked }),
  };
  return { requestAdapter: () => (answers ? Promise.resolve(adapter) : never()) } as unknown as GPU;
}

const patience: number[] = [];
const options = {
  wait: (ms: number): Promise<void> => {
    patience.push(ms);
    // After everything that answers at once.
    return new Promise((resolve) => setTimeout(resolve, 5));
  },
};

test('a real adapter is opened with its own limits, and called by what it says of itself', async () => {
  const opened = await openDevice(fakeGpu({}), options);
  expect(opened).toMatchObject({ name: 'acme roadrunner' });
  expect(opened).toMatchObject({ device: { asked: { requiredLimits: { maxComputeWorkgroupStorageSize: 32_768 } } } });
});

test.each([{ isFallbackAdapter: true }, { architecture: 'swiftshader' }, { description: 'llvmpipe (LLVM 15)' }])(
  'a software adapter (%o) is taken only where it is asked for',
  async (info) => {
    expect(await openDevice(fakeGpu(info), options)).toMatch(/software/);
    expect(await openDevice(fakeGpu(info), { ...options, allowSoftware: true })).toHaveProperty('device');
  },
);

test('an adapter that never answers is not waited for', async () => {
  expect(await openDevice(fakeGpu({}, false), options)).toBe('The graphics adapter did not answer.');
  expect(patience.at(-1)).toBeGreaterThan(1_000);
});

test('no WebGPU, and no adapter, are one sentence each', async () => {
  expect(await openDevice(undefined, options)).toMatch(/^This browser has no WebGPU.*\.$/);
  const none = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
  expect(await openDevice(none, options)).toMatch(/^WebGPU finds no .*\.$/);
});
