/** The engines of this machine's processors. */
import { availableParallelism } from 'node:os';
import { createFusedTrainer, type FusedTrainer } from '#lib/engine/fused/trainer';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import type { Trainer } from '#lib/engine/trainer';
import { spawnNodeWorker } from './node-workers.ts';

export interface NodeTrainers {
  readonly fused: FusedTrainer;
  readonly reference: Trainer;
  /** Fastest first; the last takes every spec. */
  readonly all: readonly [Trainer, ...Trainer[]];
}

/** One worker for each core, unless told otherwise. 0 trains in the calling thread. */
export function createNodeTrainers(workers = availableParallelism()): NodeTrainers {
  const fused = createFusedTrainer({ workers, spawn: spawnNodeWorker });
  const reference = createReferenceTrainer();
  return { fused, reference, all: [fused, reference] };
}

/** For `TrainerHost.breathe`: lets timers and sockets have their turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
