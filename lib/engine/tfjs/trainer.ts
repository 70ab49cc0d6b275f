/**
 * The tfjs engine: the generic one, and the oracle. It takes whatever `tf` it is handed (cpu, wasm, webgpu, TensorFlow itself)
 * and trains a few dozen kernels a step; a fused engine is faster wherever it goes.
 */
import type { EngineName } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';
import { trainingLoop, type OpenStepper } from '../loop.ts';
import { hasAxis, whyNotPlain } from '../plain.ts';
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
}

const NAME = 'The tfjs engine';

function refuses(spec: RunSpec): string | undefined {
  if (hasAxis(spec, 'relativeImportance'))
    return `${NAME} takes the same importances in all cells, and here they differ.`;
  return whyNotPlain(spec, NAME);
}

export function createTfjsTrainer({
  tf,
  engine,
  derive = byHand,
  openBatches = uploadedBatches,
  open = (spec, step, state) => Promise.resolve(createTfjsStepper({ tf, derive, openBatches }, spec, step, state)),
}: TfjsOptions): Trainer {
  return { engine, refuses, train: (spec, host) => trainingLoop(spec, host, engine, open) };
}
