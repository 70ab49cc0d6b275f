/** Which way a batch is gone over, by model, data and size: the same for every machine and any number of workers. */
import type { Distribution } from '#lib/model/data';
import type { ToyModel } from '#lib/model/toy';
import { LANES } from '../emit.ts';
import type { KernelShape } from '../shape.ts';
import { knowsPairs, paddedShape, type HiddenLaneLayout } from './layout.ts';
import type { Way } from './scope.ts';
import type { DataKind } from './values.ts';

/** Of features that are active, from which all are gone over: a list's entry takes two to three times as long. */
const DENSE_SHARE = 0.55;

/**
 * Vector instructions to draw a feature's value and compute its output, by the kind of data, and to draw and divide an example of a
 * finite set; measured, as is what the rest of a step takes whatever its samples: of itself, and for AdamW of each weight.
 */
const DRAWN: Readonly<Record<DataKind, number>> = {
  independent: 10,
  signed: 25,
  correlated: 15,
  anticorrelated: 17,
  finite: 22,
};
const EXAMPLE = 550;
const STEP = 40_000;
const UPDATE = 60;

type Shape = Pick<HiddenLaneLayout, 'features' | 'hidden'>;

export function wayOf(model: ToyModel, active: number, samples: number): Way {
  if (active >= DENSE_SHARE) return 'densely';
  const shape = paddedShape(model);
  return knowsPairs(model) && byPairs(shape, active, samples) < byHidden(shape, active) ? 'byPairs' : 'byLists';
}

/** Vector instructions of a step of so many samples with a share of features active: their draw and outputs, and the multiply-adds of the way they are gone over. */
export function costOfStep(
  { model, data }: Pick<KernelShape, 'model' | 'data'>,
  active: number,
  samples: number,
): number {
  const shape = paddedShape(model);
  const way = wayOf(model, active, samples);
  const multiplyAdds = way === 'byPairs' ? byPairs(shape, active, samples) : byHidden(shape, active);
  const sample = DRAWN[data] * shape.features + (data === 'finite' ? EXAMPLE : 0) + 3 * multiplyAdds;
  const weights = (model.kind === 'untied' ? 2 : 1) * model.n * model.m + model.n;
  return STEP + UPDATE * weights + samples * sample;
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
