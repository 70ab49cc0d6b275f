/** From a spec to the model it trains and the samples that an instance sees. */
import { evaluationKeys, trainingKeysOf, type DataKeys, type Dependence, type Distribution } from '#lib/model/data';
import type { ToyModel } from '#lib/model/toy';
import { cellOf, cellParameters, densities, originOf } from './cells.ts';
import type { DataSpec, RunSpec } from './spec.ts';

/** Samples `first` to `first + count` of what the keys draw. */
export interface Samples {
  readonly keys: DataKeys;
  readonly first: number;
  readonly count: number;
}

/** The model, with everything said that its spec leaves out. */
export function modelOf({ model }: RunSpec): ToyModel {
  const { n, m, output } = model;
  return model.kind === 'tied'
    ? { kind: 'tied', n, m, hidden: model.hidden ?? 'linear', output, target: 'x' }
    : { kind: 'untied', n, m, hidden: model.hidden, output, target: model.target };
}

/** What a cell's training data are drawn from. */
export const distributionOf = (spec: RunSpec, cell: number): Distribution => ({
  ...dependenceOf(spec.data, cellParameters(spec, cell).examples),
  density: densities(spec, cell),
});

function dependenceOf(data: DataSpec, examples: number): Dependence {
  switch (data.kind) {
    case 'independent':
    case 'signed':
      return { kind: data.kind };
    case 'correlated':
    case 'anticorrelated':
      return { kind: data.kind, setSize: data.setSize };
    case 'finite':
      return { kind: 'finite', examples };
  }
}

/**
 * The minibatch that follows `step` updates of an instance. A finite set is drawn once, by the keys of step 0; where the batch
 * is smaller than the set, steps go through it in a circle.
 */
export const batchAt = (spec: RunSpec, instance: number, step: number): Samples => batchesOf(spec, instance)(step);

/** The same for many steps of one instance. */
export function batchesOf(spec: RunSpec, instance: number): (step: number) => Samples {
  const { batch } = spec;
  const keysOf = trainingKeysOf(originOf(spec, instance));
  if (spec.data.kind !== 'finite') return (step) => ({ keys: keysOf(step), first: 0, count: batch });
  const { examples } = cellParameters(spec, cellOf(spec, instance));
  const keys = keysOf(0);
  if (examples <= batch) return () => ({ keys, first: 0, count: examples });
  return (step) => ({ keys, first: (step * batch) % examples, count: batch });
}

/** How many samples each of an instance's minibatches has. */
export const batchSize = (spec: RunSpec, instance: number): number =>
  spec.data.kind === 'finite'
    ? Math.min(spec.batch, cellParameters(spec, cellOf(spec, instance)).examples)
    : spec.batch;

/** Samples of the evaluation loss, in every run. */
export const EVALUATION_SAMPLES = 65_536;

export const evaluationSamples = (): Samples => ({ keys: evaluationKeys(), first: 0, count: EVALUATION_SAMPLES });

/** What a cell's evaluation samples are drawn from: of a finite set, examples that were not trained on. */
export function evaluationDistribution(spec: RunSpec, cell: number): Distribution {
  const { density, ...dependence } = distributionOf(spec, cell);
  return { ...(dependence.kind === 'finite' ? { ...dependence, examples: EVALUATION_SAMPLES } : dependence), density };
}
