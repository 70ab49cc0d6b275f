import type { EngineName } from '#lib/runs/events';

/** The engine's name, and its device in words: for a page too, which trains elsewhere and need not load how. */
export function fusedEngine(workers: number, relaxed = false): EngineName {
  const threads = workers === 0 ? '1 thread' : workers === 1 ? '1 worker' : `${workers} workers`;
  return relaxed
    ? { name: 'fused-wasm+relaxed', device: `${threads} · WebAssembly relaxed SIMD` }
    : { name: 'fused-wasm', device: `${threads} · WebAssembly SIMD` };
}
