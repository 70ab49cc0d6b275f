/** A run's instances shared out over workers, and what they give put together again. */
import { present } from '#lib/base/assert';
import { cellOf, instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { heldBy, type StateTensor, type TrainingState } from '../checkpoint.ts';
import { costOfStep } from './cost.ts';
import { shapeOf } from './shape.ts';

/** Instances [from, to). */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * At most `parts` ranges of about equal cost, none empty. Dense cells come first and cost up to twice what sparse ones do: ranges of
 * equal length would leave one worker waiting.
 */
export function splitByCost(spec: RunSpec, parts: number): readonly Range[] {
  const instances = instanceCount(spec);
  const shape = shapeOf(spec);
  const costs = Array.from({ length: instances }, (_, instance) => costOfStep(spec, shape, cellOf(spec, instance)));
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const ranges: Range[] = [];
  let from = 0;
  let before = 0;
  costs.forEach((cost, instance) => {
    before += cost;
    const share = ((ranges.length + 1) * total) / parts;
    // The instance that crosses the share's end goes to whichever side it lies on mostly.
    const isLast = instance === instances - 1;
    if (!isLast && before + cost / 2 < share) return;
    if (!isLast && ranges.length === parts - 1) return;
    ranges.push({ from, to: instance + 1 });
    from = instance + 1;
  });
  return ranges;
}

/** The rows of each tensor that belong to `range`, copied. */
export function sliceState(state: TrainingState, instances: number, { from, to }: Range): TrainingState {
  const rows = (data: Float32Array): Float32Array => {
    const size = data.length / instances;
    return data.slice(from * size, to * size);
  };
  return Object.fromEntries(Object.entries(state).map(([name, data]) => [name, rows(data)]));
}

/** The parts' tensors, one after the other, by name: states or weights. */
export function joinParts<T extends TrainingState>(parts: readonly T[]): T {
  const names = Object.keys(present(parts[0], 'a part')) as (keyof T & StateTensor)[];
  return Object.fromEntries(names.map((name) => [name, join(parts.map((part) => heldBy(part, name)))])) as T;
}

function join(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
}
