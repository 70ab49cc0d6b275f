/** What a kernel is written for, of a spec. */
import type { DataKind } from './hidden-lane/values.ts';
import type { ToyModel } from '#lib/model/toy';
import { modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { isUneven } from '../plain.ts';

export interface KernelShape {
  readonly model: ToyModel;
  readonly data: DataKind;
  /** The features of a model may differ in density. */
  readonly uneven: boolean;
}

export const shapeOf = (spec: RunSpec): KernelShape => ({
  model: modelOf(spec),
  data: spec.data.kind,
  uneven: isUneven(spec),
});

/** Above this many weights unrolled code outgrows the instruction cache, and what a loop has in variables the registers. */
export const BATCH_LANE_WEIGHTS = 128;

/** What the batch-lane kernel takes: tied weights, a linear hidden layer and independent features of one density. */
export const batchLaneTakes = ({ model, data, uneven }: KernelShape): boolean =>
  model.n * model.m <= BATCH_LANE_WEIGHTS &&
  model.kind === 'tied' &&
  model.hidden === 'linear' &&
  data === 'independent' &&
  !uneven;
