/** A graphics device for Node: Dawn, from the `webgpu` package where it is installed. */
import { openDevice, type OpenedDevice } from '#lib/engine/fused/webgpu/adapter';

interface Dawn {
  readonly create: (options: readonly string[]) => GPU;
}

/** By a computed name: the package is large and for development, and everything else works without it. */
const PACKAGE = 'webgpu';

/** The device, or one sentence why there is none. */
export async function openDawn(options: { readonly allowSoftware: boolean }): Promise<OpenedDevice | string> {
  const dawn = await import(PACKAGE).then(
    (loaded: unknown) => loaded as Dawn,
    () => undefined,
  );
  if (dawn === undefined) return 'The package webgpu is not installed, or has no binary for this machine.';
  const gpu = dawn.create([]);
  // Dawn ends the process once this is collected, whatever is left of its devices (webgpu 0.6.2).
  process.on('exit', () => gpu);
  return openDevice(gpu, { ...options, wait });
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    // A program that has nothing else to do need not wait for it.
    setTimeout(resolve, ms).unref();
  });
