/** Which of the two kernels it is, by model, shape and data. */
import type { Arithmetic } from './arithmetic.ts';
import { createBatchLaneKernel } from './batch-lane-kernel.ts';
import { createHiddenLaneKernel } from './hidden-lane/kernel.ts';
import type { Kernel } from './kernel.ts';
import { batchLaneTakes, type KernelShape } from './shape.ts';

/** Writing its module takes some 30 ms at n = 80, m = 20, three times that at first; compiling it 1 to 10. */
export const createKernel = (shape: KernelShape, arithmetic: Arithmetic): Kernel =>
  batchLaneTakes(shape)
    ? createBatchLaneKernel(shape.model, arithmetic)
    : createHiddenLaneKernel(shape.model, shape.data, arithmetic);
