/** A GPUDevice as the steppers use it: buffers that are freed together, shaders bound to them, numbers read back without stalling. */
import { present } from '#lib/base/assert';
import type { Shader } from './wgsl.ts';

/** The device is gone: driver, browser or person took it. What was on it is lost; a checkpoint goes on elsewhere. */
export class DeviceLostError extends Error {
  override readonly name = 'DeviceLostError';
}

/** Of an out-of-memory of the device, which by itself is silent: what there is no room for is left out. */
export const tooLittleMemory = (complaint: string): Error =>
  new Error(
    `The graphics device has too little memory for this run${complaint === '' ? '' : ` (${complaint})`}: take fewer replicas, fewer models or a smaller batch, or another engine.`,
  );

/** A shader and its buffers, ready to run. */
export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly hasUniforms: boolean;
}

export interface Uniforms {
  readonly buffer: GPUBuffer;
  /** bytes of one dispatch's */
  readonly size: number;
}

export interface Gpu {
  readonly device: GPUDevice;
  /** Work that rejects with a DeviceLostError as soon as the device is lost. */
  readonly guard: <T>(work: Promise<T>) => Promise<T>;
  /** A storage buffer of so many bytes, zero. */
  readonly storage: (bytes: number) => GPUBuffer;
  /** Room for the uniforms of `slots` dispatches, `UNIFORM_STRIDE` bytes apart. */
  readonly uniforms: (size: number, slots: number) => Uniforms;
  /** Compiles; what is wrong with it goes to the error scope. `buffers` are found by the names of the shader's bindings. */
  readonly kernel: (shader: Shader, buffers: Readonly<Record<string, GPUBuffer | Uniforms>>) => Kernel;
  /** The first `count` numbers of each buffer, one after the other, once `commands` and everything before are done. */
  readonly read: (
    commands: GPUCommandEncoder,
    ...sources: readonly (readonly [buffer: GPUBuffer, count: number])[]
  ) => Promise<Float32Array>;
  /** Frees the buffers; the device stays its owner's. */
  readonly dispose: () => void;
}

/** bytes of a float32 */
const FLOAT = 4;

/** Dynamic offsets are multiples of this, in every implementation. */
export const UNIFORM_STRIDE = 256;

// Of GPUBufferUsage, GPUMapMode and GPUShaderStage, which are globals in browsers only.
const USAGE = { mapRead: 1, copySource: 4, copyDestination: 8, uniform: 64, storage: 128 } as const;
const MAP_READ = 1;
const COMPUTE_STAGE = 4;

/** Compiled shaders of one device, so that a model that is trained again begins at once. */
export interface Compiled {
  readonly of: (shader: Shader) => Pick<Kernel, 'pipeline'> & { readonly layout: GPUBindGroupLayout };
}

/** Shaders kept: those of the last dozen runs. */
const MOST_COMPILED = 48;

export function createCompiled(device: GPUDevice): Compiled {
  const held = new Map<string, ReturnType<Compiled['of']>>();
  return {
    of(shader) {
      const found = held.get(shader.code) ?? compile(device, shader);
      // The newest is last, whether new or used again.
      held.delete(shader.code);
      held.set(shader.code, found);
      for (const [oldest] of held) {
        if (held.size <= MOST_COMPILED) break;
        held.delete(oldest);
      }
      return found;
    },
  };
}

export function createGpu(device: GPUDevice, compiled: Compiled): Gpu {
  const buffers = new Set<GPUBuffer>();
  const guard = createGuard(device);
  let staging: GPUBuffer | undefined;

  function create(size: number, usage: number): GPUBuffer {
    const buffer = device.createBuffer({ size: Math.max(16, Math.ceil(size / 16) * 16), usage });
    buffers.add(buffer);
    return buffer;
  }

  function stagingOf(bytes: number): GPUBuffer {
    if (staging !== undefined && staging.size >= bytes) return staging;
    if (staging !== undefined) {
      staging.destroy();
      buffers.delete(staging);
    }
    staging = create(bytes, USAGE.mapRead | USAGE.copyDestination);
    return staging;
  }

  return {
    device,
    guard,
    storage: (bytes) => create(bytes, USAGE.storage | USAGE.copySource | USAGE.copyDestination),
    uniforms: (size, slots) => ({
      buffer: create(slots * UNIFORM_STRIDE, USAGE.uniform | USAGE.copyDestination),
      size,
    }),
    kernel: (shader, named) => bindKernel(device, shader, compiled.of(shader), named),
    async read(commands, ...sources) {
      const bytes = sources.reduce((sum, [, count]) => sum + count * FLOAT, 0);
      const target = stagingOf(bytes);
      let offset = 0;
      for (const [buffer, count] of sources) {
        commands.copyBufferToBuffer(buffer, 0, target, offset, count * FLOAT);
        offset += count * FLOAT;
      }
      device.queue.submit([commands.finish()]);
      await guard(target.mapAsync(MAP_READ, 0, bytes));
      const numbers = new Float32Array(target.getMappedRange(0, bytes).slice(0));
      target.unmap();
      return numbers;
    },
    dispose() {
      for (const buffer of buffers) buffer.destroy();
      buffers.clear();
    },
  };
}

function compile(device: GPUDevice, { code, bindings }: Shader): ReturnType<Compiled['of']> {
  const layout = device.createBindGroupLayout({
    entries: bindings.map(({ access }, binding) => ({
      binding,
      visibility: COMPUTE_STAGE,
      buffer:
        access === 'uniform'
          ? { type: 'uniform', hasDynamicOffset: true }
          : { type: access === 'read' ? 'read-only-storage' : 'storage' },
    })),
  });
  // Whoever compiles is in a worker, and may wait; what is wrong goes to the error scope either way.
  const pipeline = device.createComputePipeline({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
  });
  return { pipeline, layout };
}

function bindKernel(
  device: GPUDevice,
  { bindings }: Shader,
  { pipeline, layout }: ReturnType<Compiled['of']>,
  named: Readonly<Record<string, GPUBuffer | Uniforms>>,
): Kernel {
  const entries = bindings.map(({ name }, binding) => {
    const bound = present(named[name], `the buffer ${name} of a shader`);
    return { binding, resource: 'buffer' in bound ? { buffer: bound.buffer, size: bound.size } : { buffer: bound } };
  });
  return {
    pipeline,
    bindings: device.createBindGroup({ layout, entries }),
    hasUniforms: bindings.some(({ access }) => access === 'uniform'),
  };
}

/** Encodes a dispatch with the uniforms of `slot`. */
export function dispatch(
  pass: GPUComputePassEncoder,
  { pipeline, bindings, hasUniforms }: Kernel,
  slot: number,
  ...[across, down = 1, deep = 1]: readonly [across: number, down?: number, deep?: number]
): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindings, hasUniforms ? [slot * UNIFORM_STRIDE] : []);
  pass.dispatchWorkgroups(across, down, deep);
}

/** One listener for all work: a race against `device.lost` for each would hold memory until the device goes. */
export function createGuard(device: GPUDevice): Gpu['guard'] {
  const waiting = new Set<(error: Error) => void>();
  let lost: DeviceLostError | undefined;
  void device.lost.then(({ message }) => {
    lost = new DeviceLostError(`The graphics device was lost${message === '' ? '' : ` (${message})`}.`);
    for (const reject of waiting) reject(lost);
  });
  return (work) =>
    new Promise((resolve, reject) => {
      waiting.add(reject);
      const settle = (end: () => void): void => {
        waiting.delete(reject);
        end();
      };
      work.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) =>
          settle(() => {
            reject(lost ?? (error instanceof Error ? error : new Error(String(error))));
          }),
      );
      if (lost !== undefined) reject(lost);
    });
}
