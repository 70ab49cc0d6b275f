/** What a run costs to train, before it is: in the fused kernels' own measure. */
import { costPerSample } from './fused/cost.ts';
import { shapeOf } from './fused/shape.ts';
import { cellCount, cellParameters } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';

/** Vector instructions of one step of all instances. */
export function workOfStep(spec: RunSpec): number {
  const shape = shapeOf(spec);
  let perReplica = 0;
  for (let cell = 0; cell < cellCount(spec); cell++) {
    const { density, examples } = cellParameters(spec, cell);
    const samples = spec.data.kind === 'finite' ? Math.min(spec.batch, examples) : spec.batch;
    perReplica += samples * costPerSample(shape, density);
  }
  return perReplica * spec.replicas;
}
