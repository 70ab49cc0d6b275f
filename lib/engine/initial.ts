/** Checkpoint 0 of a run: the same numbers for every engine, drawn or taken from another run. */
import { initialWeights } from '#lib/model/init';
import { weightNames, weightSize } from '#lib/model/toy';
import type { Checkpoint } from '#lib/runs/events';
import type { Tensor } from '#lib/runs/tensor-pack';
import { instanceCount, originOf } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { emptyState, heldBy, shapeOf, stateOf, toCheckpoint } from './checkpoint.ts';

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

/** Step 0 with the weights of another run's frame, all moments zero; undefined where they do not fit the spec. */
export function checkpointFrom(spec: RunSpec, weights: readonly Tensor[]): Checkpoint | undefined {
  const names = weightNames(spec.model);
  const held = new Map(weights.map((tensor) => [tensor.name, tensor]));
  const fits = names.every((name) => held.get(name)?.shape.join() === shapeOf(spec, name).join());
  if (!fits || held.size !== names.length) return undefined;
  const empty = emptyState(spec);
  const state = stateOf(spec, (name) => Float32Array.from(held.get(name)?.data ?? heldBy(empty, name)));
  return toCheckpoint(spec, { step: 0, seconds: 0 }, state);
}
