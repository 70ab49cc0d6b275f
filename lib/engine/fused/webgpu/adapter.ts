/** Opens a device worth training on: a real adapter, asked for with patience that ends. */

/** Some drivers never answer, ms. */
export const ADAPTER_PATIENCE_MS = 4_000;

export interface OpenOptions {
  /** Also takes a software adapter, which is slower than WebAssembly: for tests, by name. */
  readonly allowSoftware?: boolean;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

export interface OpenedDevice {
  readonly device: GPUDevice;
  /** For people: what the device calls itself, as far as it says. */
  readonly name: string;
  readonly info: GPUAdapterInfo;
}

/** The device, or one sentence why there is none. */
export async function openDevice(gpu: GPU | undefined, options: OpenOptions): Promise<OpenedDevice | string> {
  if (gpu === undefined) return 'This browser has no WebGPU here; it needs https, or localhost.';
  const adapter = await inTime(gpu.requestAdapter({ powerPreference: 'high-performance' }), options);
  if (adapter === undefined) return 'The graphics adapter did not answer.';
  if (adapter === null) return 'WebGPU finds no graphics adapter.';
  const refusal = refusesAdapter(adapter.info, options);
  if (refusal !== undefined) return refusal;
  const device = await inTime(adapter.requestDevice({ requiredLimits: largest(adapter.limits) }), options);
  if (device === undefined) return 'The graphics device did not open.';
  return { device, name: nameOf(adapter.info), info: adapter.info };
}

/** A software adapter computes on the processor, 25 times slower than WebAssembly does there (measured). */
export function refusesAdapter(
  { isFallbackAdapter, architecture, description }: GPUAdapterInfo,
  { allowSoftware = false }: Pick<OpenOptions, 'allowSoftware'> = {},
): string | undefined {
  const software = isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(`${architecture} ${description}`);
  return software && !allowSoftware ? 'The only graphics adapter is software, slower than WebAssembly.' : undefined;
}

export const nameOf = ({ description, vendor, architecture }: GPUAdapterInfo): string =>
  description !== ''
    ? description
    : [vendor, architecture].filter((part) => part !== '').join(' ') || 'graphics device';

/** What the kernels, and those of tfjs on the same device, make use of where there is more than the least. */
const LIMITS = [
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
] as const;
const largest = (limits: GPUSupportedLimits): Record<string, number> =>
  Object.fromEntries(LIMITS.map((name) => [name, limits[name]]));

/** What it resolves to, or undefined where that takes too long. */
const inTime = <T>(work: Promise<T>, { wait }: OpenOptions): Promise<T | undefined> =>
  Promise.race([work, wait(ADAPTER_PATIENCE_MS).then(() => undefined)]);
