/**
 * TensorFlow itself, through @tensorflow/tfjs-node-gpu: the one file that touches the package. It is installed by
 * `npm run setup:cuda`, into a folder of its own, or by hand; where it is not, everything else works without it. A process that
 * loads it holds a gigabyte more: only those that train do.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import util from 'node:util';
import { GRAPH_TAG } from '#lib/engine/tfjs/graph/graph';
import { graphSteppers, type LoadedGraph } from '#lib/engine/tfjs/graph/stepper';
import { byHand } from '#lib/engine/tfjs/gradients';
import { hashedBatches, type Int32Operations } from '#lib/engine/tfjs/hashed-batches';
import type { Tensor, Tf } from '#lib/engine/tfjs/tf';
import { createTfjsTrainer } from '#lib/engine/tfjs/trainer';
import type { Trainer } from '#lib/engine/trainer';
import { MEMORY_SHARE, spareMemory } from './memory.ts';

export const TENSORFLOW_PACKAGE = '@tensorflow/tfjs-node-gpu';
export const TENSORFLOW_VERSION = '4.22.0';
/** Where `npm run setup:cuda` puts it: `npm ci` leaves it alone. */
export const TENSORFLOW_FOLDER = fileURLToPath(new URL('../../.tensorflow', import.meta.url));

export interface TensorFlow {
  /** Whole chunks of steps in a graph. */
  readonly trainer: Trainer;
  /** One step after the other from here: the fallback, and what the graph is held against. */
  readonly stepByStep: Trainer;
  readonly tf: Tf;
  /** Of TensorFlow, not of the package. */
  readonly version: string;
}

/** The package, or why it cannot be had, in a sentence. */
export function loadTensorFlow(folder = TENSORFLOW_FOLDER): TensorFlow | string {
  let tf: NodeTf;
  try {
    tf = importPackage(folder);
  } catch (error) {
    return whyMissing(error);
  }
  const backend = tf.backend() as unknown as NodeBackend;
  const version = backend.binding.TF_Version;
  const engine = { name: 'tfjs-node', device: deviceOf(backend) };
  const memory = backend.isUsingGpuDevice ? MEMORY_SHARE * cardMemory() : spareMemory();
  const parts = { tf, memory, derive: byHand, openBatches: hashedBatches(int32Operations(backend)) };
  const load = (savedModel: Uint8Array): LoadedGraph => loadGraph(backend, savedModel);
  return {
    tf,
    version,
    trainer: createTfjsTrainer({ ...parts, engine, open: graphSteppers({ ...parts, load }) }),
    stepByStep: createTfjsTrainer({ ...parts, engine: { ...engine, name: 'tfjs-node+steps' } }),
  };
}

type NodeTf = Tf;

/** What of the package's backend is used here. */
interface NodeBackend {
  readonly binding: {
    readonly TF_Version: string;
    readonly TF_INT32: number;
    readonly TF_ATTR_TYPE: number;
  };
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[]): Tensor;
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  runSavedModel(
    id: number,
    inputs: readonly Tensor[],
    infos: readonly { readonly name: string }[],
    outputs: readonly string[],
  ): readonly Tensor[];
  deleteSavedModel(id: number): void;
}

interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number;
}

/** Without loading it. */
export function isTensorFlowInstalled(folder = TENSORFLOW_FOLDER): boolean {
  try {
    requireFrom(folder).resolve(TENSORFLOW_PACKAGE);
    return true;
  } catch {
    return false;
  }
}

/** Of the set-up's folder, or of the project: require looks upwards. */
const requireFrom = (folder: string): NodeJS.Require => createRequire(path.join(folder, 'package.json'));

function importPackage(folder: string): NodeTf {
  // 4.22 calls these two, which Node 23 removed.
  const missing = {
    isNullOrUndefined: (value: unknown) => value === undefined || value === null,
    isArray: Array.isArray,
  };
  for (const [name, replacement] of Object.entries(missing))
    if (!(name in util)) Object.defineProperty(util, name, { value: replacement });
  return requireFrom(folder)(TENSORFLOW_PACKAGE) as NodeTf;
}

function whyMissing(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes(`Cannot find module '${TENSORFLOW_PACKAGE}'`))
    return 'TensorFlow is not installed here: run npm run setup:cuda, or take another engine.';
  return `TensorFlow is installed but does not load: run npm run setup:cuda again. ${message.split('\n')[0] ?? ''}`;
}

function deviceOf({ isUsingGpuDevice, binding: { TF_Version: version } }: NodeBackend): string {
  return isUsingGpuDevice ? `${gpuName() ?? 'GPU'} · TensorFlow ${version}` : `CPU build · TensorFlow ${version}`;
}

/** As the driver calls it. */
const gpuName = (): string | undefined => askDriver('name');

/** bytes */
const cardMemory = (): number => 1024 ** 2 * Number(askDriver('memory.total') ?? SMALL_CARD_MIB);

/** What is taken of a card that does not tell. */
const SMALL_CARD_MIB = 4_096;

function askDriver(what: string): string | undefined {
  try {
    const query = [`--query-gpu=${what}`, '--format=csv,noheader,nounits'];
    return execFileSync('nvidia-smi', query, { encoding: 'utf8', timeout: 5_000 }).trim().split('\n')[0];
  } catch {
    return undefined;
  }
}

function int32Operations(backend: NodeBackend): Int32Operations {
  const { TF_INT32, TF_ATTR_TYPE } = backend.binding;
  const attributes = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_INT32 }];
  const operation =
    (op: string) =>
    (a: Tensor, b: Tensor): Tensor =>
      backend.executeSingleOutput(op, attributes, [a, b]);
  return {
    add: operation('AddV2'),
    multiply: operation('Mul'),
    xor: operation('BitwiseXor'),
    and: operation('BitwiseAnd'),
    shiftRight: operation('RightShift'),
  };
}

/** TensorFlow reads a SavedModel from a folder, and once only. */
function loadGraph(backend: NodeBackend, savedModel: Uint8Array): LoadedGraph {
  const folder = mkdtempSync(path.join(tmpdir(), 'polytope-graph-'));
  try {
    writeFileSync(path.join(folder, 'saved_model.pb'), savedModel);
    const id = backend.loadSavedModelMetaGraph(folder, GRAPH_TAG);
    return {
      run: (inputs, outputs) => {
        const names = Object.keys(inputs).map((name) => ({ name }));
        return backend.runSavedModel(id, Object.values(inputs), names, outputs);
      },
      close: () => backend.deleteSavedModel(id),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
