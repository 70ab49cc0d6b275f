/** Checkpoint 0 of a run: the same numbers for every engine. */
import { initialWeights } from '#lib/model/init';
import { weightNames, weightSize } from '#lib/model/toy';
import type { Checkpoint } from '#lib/runs/events';
import { instanceCount, originOf } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { emptyState, heldBy, toCheckpoint } from './checkpoint.ts';

/** The matrices [I, n, m] drawn from stream `init`; b [I, n] and all moments zero. All float32. */
export function initialCheckpoint(spec: RunSpec): Checkpoint {
  const state = emptyState(spec);
  const { model } = spec;
  weightNames(model)
    .filter((name) => name !== 'b')
    .forEach((name, matrix) => {
      for (let instance = 0; instance < instanceCount(spec); instance++)
        heldBy(state, name).set(
          initialWeights(model, model.initScale, originOf(spec, instance), matrix),
          instance * weightSize(model, name),
        );
    });
  return toCheckpoint(spec, { step: 0, seconds: 0 }, state);
}
