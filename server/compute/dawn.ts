/** A graphics device for Node: Dawn, from the `webgpu` package where it is installed. */
import { openDevice, type OpenedDevice } from '#lib/engine/fused/webgpu/adapter';

interface Dawn {
  /** What a browser has as globals. */
  readonly globals: object;
  readonly create: (options: readonly string[]) => GPU;
}

/** By a computed name: the package is large and for development, and everything else works without it. */
const PACKAGE = 'webgpu';

/**
 * Workgroup memory as it is found: SwiftShader writes out a store for each of its bytes, and takes 4 s to compile what takes .15 s
 * without. The kernels write all of it before they read.
 */
const FOR_SOFTWARE = ['enable-dawn-features=disable_workgroup_init'];

/** The device, or one sentence why there is none. */
export async function openDawn(options: { readonly allowSoftware: boolean }): Promise<OpenedDevice | string> {
  const dawn = await loadDawn();
  if (dawn === undefined) return 'The package webgpu is not installed, or has no binary for this machine.';
  const gpu = dawn.create(options.allowSoftware ? FOR_SOFTWARE : []);
  // Dawn ends the process once this is collected, whatever is left of its devices (webgpu 0.6.2).
  process.on('exit', () => gpu);
  return openDevice(gpu, { ...options, wait });
}

const loadDawn = (): Promise<Dawn | undefined> =>
  import(PACKAGE).then(
    (loaded: unknown) => loaded as Dawn,
    () => undefined,
  );

/** Makes this process look like a browser with WebGPU to a package that knows no other: its classes, constants, and that there is a GPU. */
export async function exposeDawn(): Promise<void> {
  Object.assign(globalThis, (await loadDawn())?.globals);
  // Node has a navigator from 21 on.
  const { navigator = {} } = globalThis as { navigator?: object };
  if (!('gpu' in navigator)) Object.defineProperty(navigator, 'gpu', { value: true });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    // A program that has nothing else to do need not wait for it.
    setTimeout(resolve, ms).unref();
  });
