/** The engines of this machine. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { forLongRuns } from '#lib/engine/choose';
import { createFusedTrainer, type FusedTrainer } from '#lib/engine/fused/trainer';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import type { Trainer } from '#lib/engine/trainer';
import { hasRelaxed } from '#lib/engine/fused/wasm/instance';
import { spawnNodeWorker } from './node-workers.ts';
import type { ServerEngine } from './server-engine.ts';
import { isTensorFlowInstalled, loadTensorFlow } from './tensorflow.ts';

export interface NodeTrainers {
  readonly fused: FusedTrainer;
  readonly reference: Trainer;
  /** Fastest first; the last takes every spec. */
  readonly all: readonly [Trainer, ...Trainer[]];
}

/** One worker for each core, unless told otherwise. 0 trains in the calling thread. */
export function createNodeTrainers(workers = availableParallelism()): NodeTrainers {
  allowRelaxed();
  const fused = createFusedTrainer({ workers, spawn: spawnNodeWorker });
  const reference = createReferenceTrainer();
  return { fused, reference, all: fused.relaxed ? [forLongRuns(fused.relaxed), fused, reference] : [fused, reference] };
}

/** Node 20 has relaxed SIMD behind a flag, which is taken until the first kernel is compiled, and holds for all threads. */
function allowRelaxed(): void {
  if (!hasRelaxed()) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/** Fastest first, the last takes every spec; and why TensorFlow is not among them, where it should be. */
export interface RoomTrainers {
  readonly all: readonly [Trainer, ...Trainer[]];
  readonly missing: string | undefined;
}

/** TensorFlow is loaded only where it will be used: it takes a gigabyte, and seconds. */
export function roomTrainers(wanted: ServerEngine, { all }: NodeTrainers): RoomTrainers {
  if (!wantsTensorFlow(wanted)) return { all, missing: undefined };
  const loaded = loadTensorFlow();
  return typeof loaded === 'string' ? { all, missing: loaded } : { all: [loaded.trainer, ...all], missing: undefined };
}

/** Whether rooms train on it, should it load. */
export const wantsTensorFlow = (wanted: ServerEngine): boolean =>
  wanted === 'tensorflow' || (wanted === 'auto' && existsSync(CARD) && isTensorFlowInstalled());

/** There where the driver of a card that CUDA knows is loaded. */
const CARD = '/dev/nvidiactl';

/** For `TrainerHost.breathe`: lets timers and sockets have their turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
