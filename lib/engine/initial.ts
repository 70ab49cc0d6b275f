/** Checkpoint 0 of a run: the same numbers for every engine. */
import { initialWeights } from '#lib/model/init';
import type { Checkpoint } from '#lib/runs/events';
import { instanceCount, originOf } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { emptyState, toCheckpoint } from './checkpoint.ts';

/** W [I, n, m] drawn from stream `init`; b [I, n] and the four moments zero. All float32. */
export function initialCheckpoint(spec: RunSpec): Checkpoint {
  const state = emptyState(spec);
  const { n, m, initScale } = spec.model;
  for (let instance = 0; instance < instanceCount(spec); instance++)
    state.W.set(initialWeights(spec.model, initScale, originOf(spec, instance)), instance * n * m);
  return toCheckpoint(spec, { step: 0, seconds: 0 }, state);
}
