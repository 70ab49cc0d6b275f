/** The engines on tfjs in a browser: the oracle, loaded when one is asked for by name, and by nobody else. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { createTfjsTrainer } from '#lib/engine/tfjs/trainer';
import type { Trainer } from '#lib/engine/trainer';
import type { TfjsBackend } from './tfjs-backends.ts';

const DEVICES: Readonly<Record<TfjsBackend, string>> = { 'tfjs-wasm': 'WebAssembly', 'tfjs-cpu': 'plain JavaScript' };

/** One backend at a time: asking for another ends the first. */
export async function loadTfjs(name: TfjsBackend): Promise<Trainer> {
  // Else it advertises another package, and checks every number.
  tf.enableProdMode();
  // Where a backend cannot be had, tfjs goes on with another, under this one's name.
  if (!(await isBegun(name)))
    throw new Error(`${name} could not be loaded: reload the page, or choose another engine.`);
  await tf.ready();
  return createTfjsTrainer({ tf, engine: { name, device: `1 thread · tfjs, ${DEVICES[name]}` } });
}

/** A file that was not loaded is not asked for again before the page is reloaded: `locateWasm` throws. */
async function isBegun(name: TfjsBackend): Promise<boolean> {
  try {
    if (name === 'tfjs-wasm' && !('wasm' in tf.engine().registry)) locateWasm();
    return await tf.setBackend(name.slice('tfjs-'.length));
  } catch {
    return false;
  }
}

/** Before the backend is first begun; on one thread. It wants an address of each file, and fetches one. */
function locateWasm(): void {
  // Bundlers recognise exactly this form and make the file one of the page's own.
  const simd = new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', import.meta.url).href;
  const plain = new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm', import.meta.url).href;
  setWasmPaths({
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
    'tfjs-backend-wasm.wasm': plain,
  });
  setThreadsCount(1);
}
