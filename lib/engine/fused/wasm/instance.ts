/** What this machine's WebAssembly makes of a module that was written here. */
import { f32x4 } from './code.ts';
import { MEMORY_IMPORT, wasmFunction, wasmModule } from './module.ts';

/** bytes of a page of memory */
const PAGE = 65_536;

export const memoryOf = (bytes: number): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });

export function instantiate(bytes: Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory): WebAssembly.Exports {
  const [space, field] = MEMORY_IMPORT;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { [space]: { [field]: memory } });
  return instance.exports;
}

/** Whether this machine's WebAssembly knows relaxed operations. */
export function hasRelaxed(): boolean {
  const { zero, relaxedMultiplyAdd } = f32x4;
  return WebAssembly.validate(
    wasmModule([wasmFunction('zero', {}, 'v128', () => [relaxedMultiplyAdd(zero, zero, zero)])]),
  );
}
