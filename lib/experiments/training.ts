/**
 * Two ways to train the same models: as the paper's notebook does, and quickly, to the same best of the replicas. README.md has what
 * was measured. Claims are held against the notebook's.
 */
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';

const TRAINING_KEYS = ['learningRate', 'schedule', 'batch', 'steps'] as const;

export type Training = Pick<Parameters, (typeof TRAINING_KEYS)[number]>;

export type TrainingName = 'quick' | 'notebook';

export const trainingOf = ({ learningRate, schedule, batch, steps }: Parameters): Training => ({
  learningRate,
  schedule,
  batch,
  steps,
});

/** 10,000 steps of 1,024 samples at a constant rate. */
export const NOTEBOOK_TRAINING: Training = trainingOf(DEFAULT_PARAMETERS);

/** A rate ten times as high that falls to zero: a 40th of the samples, for small models. */
export const QUICK_TRAINING: Training = { learningRate: 0.01, schedule: 'linear', batch: 256, steps: 1_000 };

/** In which of its parameters it is trained otherwise. */
export const trainedOtherwise = (parameters: Parameters, training: Training): readonly (keyof Training)[] =>
  TRAINING_KEYS.filter((key) => parameters[key] !== training[key]);

export const isTrainedBy = (parameters: Parameters, training: Training): boolean =>
  trainedOtherwise(parameters, training).length === 0;
