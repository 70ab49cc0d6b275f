/** Which way a batch is gone over, by model, data and size: the same for every machine and any number of workers. */
import type { Distribution } from '#lib/model/data';
import type { ToyModel } from '#lib/model/toy';
import { LANES } from '../emit.ts';
import { knowsPairs, paddedShape, type HiddenLaneLayout } from './layout.ts';
import type { Way } from './scope.ts';

/** Of features that are active, from which all are gone over: a list's entry takes two to three times as long. */
const DENSE_SHARE = 0.55;
/** Samples of which the products over all features are a part. */
const USUAL_BATCH = 1_024;

type Shape = Pick<HiddenLaneLayout, 'features' | 'hidden'>;

export function wayOf(model: ToyModel, active: number, samples: number): Way {
  if (active >= DENSE_SHARE) return 'densely';
  const shape = paddedShape(model);
  return knowsPairs(model) && byPairs(shape, active, samples) < byHidden(shape, active) ? 'byPairs' : 'byLists';
}

/** Vector instructions for one sample at density p: its draw and outputs, and the multiply-adds of the way it is gone over. */
export function costPerSample(model: ToyModel, density: number): number {
  const shape = paddedShape(model);
  const way = wayOf(model, density, USUAL_BATCH);
  const multiplyAdds = way === 'byPairs' ? byPairs(shape, density, USUAL_BATCH) : byHidden(shape, density);
  return 10 * shape.features + 3 * multiplyAdds;
}

/** Vectors multiplied and added for one sample: forward, over outputs with a gradient (half of those that p leaves silent), and back. */
const byHidden = ({ features, hidden }: Shape, p: number): number =>
  ((features * hidden) / LANES) * (1 + (1 + p) + 2 * p);

const byPairs = ({ features, hidden }: Shape, p: number, samples: number): number =>
  ((features * features) / LANES) * (2 * p + (3 * hidden) / samples);

/** The share of features that are active, in the mean. */
export function activeShare(distribution: Distribution): number {
  const { density } = distribution;
  let sum = 0;
  for (const p of density) sum += p;
  const mean = sum / density.length;
  return distribution.kind === 'anticorrelated' ? mean / distribution.setSize : mean;
}
