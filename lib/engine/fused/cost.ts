/** What a step costs on the processor, by model, shape and data: by it instances are shared out, and runs are told to be long. */
import { cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { costPerGroup } from './batch-lane.ts';
import { LANES } from './emit.ts';
import { costOfStep as hiddenLaneCost } from './hidden-lane/ways.ts';
import { batchLaneTakes, type KernelShape } from './shape.ts';

/** Vector instructions of a step of one of the cell's instances; `shape` is the spec's. */
export function costOfStep(spec: RunSpec, shape: KernelShape, cell: number): number {
  const { density, examples } = cellParameters(spec, cell);
  const samples = spec.data.kind === 'finite' ? Math.min(spec.batch, examples) : spec.batch;
  if (batchLaneTakes(shape)) return (samples * costPerGroup(shape.model, density)) / LANES;
  // Of a set that is active, one feature is.
  const active = spec.data.kind === 'anticorrelated' ? density / spec.data.setSize : density;
  return hiddenLaneCost(shape, active, samples);
}
