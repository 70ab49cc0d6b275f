/** What a step costs on the processor, by model, shape and data: by it instances are shared out, and runs are told to be long. */
import { cellParameters } from '#lib/spec/cells';
import { EVALUATION_SAMPLES } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { costPerGroup } from './batch-lane.ts';
import { LANES } from './emit.ts';
import { costOfStep as hiddenLaneCost } from './hidden-lane/ways.ts';
import { batchLaneTakes, type KernelShape } from './shape.ts';

/** Vector instructions of a cell's instance; `shape` is the spec's. */
export type CostOf = (spec: RunSpec, shape: KernelShape, cell: number) => number;

/** A step of it. */
export const costOfStep: CostOf = (spec, shape, cell) =>
  costOf(
    spec,
    shape,
    cell,
    spec.data.kind === 'finite' ? Math.min(spec.batch, cellParameters(spec, cell).examples) : spec.batch,
  );

/** Its loss on the evaluation samples: about what a step of as many takes. */
export const costOfEvaluation: CostOf = (spec, shape, cell) => costOf(spec, shape, cell, EVALUATION_SAMPLES);

function costOf(spec: RunSpec, shape: KernelShape, cell: number, samples: number): number {
  const { density } = cellParameters(spec, cell);
  if (batchLaneTakes(shape)) return (samples * costPerGroup(shape.model, density)) / LANES;
  // Of a set that is active, one feature is.
  const active = spec.data.kind === 'anticorrelated' ? density / spec.data.setSize : density;
  return hiddenLaneCost(shape, active, samples);
}
