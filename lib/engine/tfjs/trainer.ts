/**
 * The tfjs engine: the generic one, and the oracle. It takes whatever `tf` it is handed (cpu, wasm, webgpu, TensorFlow itself)
 * and trains a few dozen kernels a step; a fused engine is faster wherever it goes.
 */
import type { EngineName } from '#lib/runs/events';
import { instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { largestTile } from '#lib/spec/tiles';
import { trainingLoop } from '../loop.ts';
import type { OpenStepper } from '../stepper.ts';
import type { Trainer } from '../trainer.ts';
import { uploadedBatches, type OpenBatches } from './batches.ts';
import { byHand, type DeriveModel } from './gradients.ts';
import { createTfjsStepper } from './stepper.ts';
import type { Tf } from './tf.ts';

export interface TfjsOptions {
  /** Its backend is ready. */
  readonly tf: Tf;
  readonly engine: EngineName;
  /** By hand unless told otherwise. */
  readonly derive?: DeriveModel;
  /** Drawn in JavaScript and uploaded unless told otherwise. */
  readonly openBatches?: OpenBatches;
  /** Another way to take the steps; unless told otherwise, one after the other from here. */
  readonly open?: OpenStepper;
  /** bytes that a run may take */
  readonly memory?: number;
  /** bytes of the largest tensor that the backend holds */
  readonly largest?: number;
}

/**
 * Numbers of a step for each sample, feature and instance: bits of the hash, inputs, outputs and their gradients. Measured as resident memory on
 * TensorFlow's CPU build, graph and step by step, at 41 and 164 MB for each: 0.9 to 2.0 GB in all.
 */
const STEP_VALUES = 12;
/** And for each hidden dimension, by count: before and after the activation, the gradient of either, and one at work. */
const HIDDEN_VALUES = 5;
/** bytes that a browser's heap and most machines can spare */
export const MEMORY = 2_000_000_000;

const bytesOf = (spec: RunSpec): number =>
  4 * instanceCount(largestTile(spec)) * spec.batch * (STEP_VALUES * spec.model.n + HIDDEN_VALUES * spec.model.m);

const inGigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(2)} GB`;

const largestTensor = (spec: RunSpec): number =>
  4 * instanceCount(largestTile(spec)) * spec.batch * Math.max(spec.model.n, spec.model.m);

function refuses(spec: RunSpec, memory: number, largest: number): string | undefined {
  const tooLarge = (what: string, bytes: number, held: number): string =>
    `${what} would take ${inGigabytes(bytes)}, and has ${inGigabytes(held)}: take fewer replicas or a smaller batch.`;
  if (bytesOf(spec) > memory) return tooLarge('The tfjs engine', bytesOf(spec), memory);
  if (largestTensor(spec) > largest) return tooLarge('A tensor of the tfjs engine', largestTensor(spec), largest);
  return undefined;
}

export function createTfjsTrainer({
  tf,
  engine,
  derive = byHand,
  openBatches = uploadedBatches,
  memory = MEMORY,
  largest = Infinity,
  open = (spec, step, state) => Promise.resolve(createTfjsStepper({ tf, derive, openBatches }, spec, step, state)),
}: TfjsOptions): Trainer {
  return {
    engine,
    refuses: (spec) => refuses(spec, memory, largest),
    train: (spec, host) => trainingLoop(spec, host, engine, open),
  };
}
