/** What a sample costs, by model, shape and data: by it instances are shared out, and runs are told to be long. */
import { costPerGroup } from './batch-lane.ts';
import { LANES } from './emit.ts';
import { costPerSample as hiddenLaneCost } from './hidden-lane/ways.ts';
import { batchLaneTakes, type KernelShape } from './shape.ts';

/** Vector instructions for one sample, in the mean over features of density p. */
export const costPerSample = (shape: KernelShape, density: number): number =>
  batchLaneTakes(shape) ? costPerGroup(shape.model, density) / LANES : hiddenLaneCost(shape.model, density);
