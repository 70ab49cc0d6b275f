/** The engines on tfjs, by name. Loaded when one is asked for: nobody else waits for a tensor library. */
import { createTfjsTrainer, MEMORY } from '#lib/engine/tfjs/trainer';
import type { Trainer } from '#lib/engine/trainer';
import { spareMemory } from './memory.ts';
import { loadTensorFlow } from './tensorflow.ts';

const BACKENDS = {
  'tfjs-cpu': 'plain JavaScript',
  'tfjs-wasm': 'WebAssembly',
  'tfjs-node': 'TensorFlow, steps in a graph',
  'tfjs-node+steps': 'TensorFlow, step by step',
} as const;

export type TfjsEngine = keyof typeof BACKENDS;

export const TFJS_ENGINES = Object.keys(BACKENDS) as readonly TfjsEngine[];

export const isTfjsEngine = (name: string): name is TfjsEngine => name in BACKENDS;

/** Those on TensorFlow use every core, and are one backend. */
export const onTensorFlow = (name: TfjsEngine): boolean => name.startsWith('tfjs-node');

/** Or why it cannot be had. A process has one backend at a time: asking for another ends the first. */
export async function loadTfjsTrainer(name: TfjsEngine): Promise<Trainer | string> {
  if (onTensorFlow(name)) {
    const loaded = loadTensorFlow();
    if (typeof loaded === 'string') return loaded;
    return name === 'tfjs-node' ? loaded.trainer : loaded.stepByStep;
  }
  const tf = await import('@tensorflow/tfjs-core');
  // Else it advertises another package, and checks every number.
  tf.enableProdMode();
  if (name === 'tfjs-cpu') await import('@tensorflow/tfjs-backend-cpu');
  else await import('@tensorflow/tfjs-backend-wasm');
  // Else it goes on with another, under this one's name.
  if (!(await tf.setBackend(name.slice('tfjs-'.length)))) return `${name} could not be begun: choose another engine.`;
  await tf.ready();
  const engine = { name, device: `1 thread · tfjs, ${BACKENDS[name]}` };
  return createTfjsTrainer({ tf, engine, memory: Math.min(MEMORY, spareMemory()) });
}
