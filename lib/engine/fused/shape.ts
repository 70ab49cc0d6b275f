/** What a kernel is written for, of a spec. */
import type { DataKind } from './hidden-lane/draw.ts';
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
