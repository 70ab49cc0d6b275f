/** A module that was written here, compiled and given its memory. */
import { MEMORY_IMPORT } from './module.ts';

/** bytes of a page of memory */
const PAGE = 65_536;

export const memoryOf = (bytes: number): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });

export function instantiate(bytes: Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory): WebAssembly.Exports {
  const [space, field] = MEMORY_IMPORT;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { [space]: { [field]: memory } });
  return instance.exports;
}
