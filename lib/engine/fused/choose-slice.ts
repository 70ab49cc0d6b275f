/** Small plain models whole steps at a time, every other shape by the hidden-lane kernel. */
import { createBatchLaneSlice } from './batch-lane-slice.ts';
import { createHiddenLaneSlice } from './kernel-slice.ts';
import { batchLaneTakes, shapeOf } from './shape.ts';
import type { Slice, SliceOptions } from './slice.ts';

export const createFusedSlice = (options: SliceOptions): Slice =>
  batchLaneTakes(shapeOf(options.spec)) ? createBatchLaneSlice(options) : createHiddenLaneSlice(options);
