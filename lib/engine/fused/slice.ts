/** Training of the instances [from, to) of a run, in one thread. */
import { rowOf, type Numbers } from '#lib/base/matrix';
import { streamKey } from '#lib/base/random';
import { nextPowers, powersAfter, update, type BetaPowers, type Trained } from '#lib/model/adamw';
import { scheduleFactor } from '#lib/model/schedule';
import { cellOf, cellParameters, importances, originOf } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import type { TrainingState } from '../checkpoint.ts';
import { EVALUATION_SAMPLES } from '../trainer.ts';
import { createKernel, type Samples } from './kernel.ts';

export interface SliceOptions {
  readonly spec: RunSpec;
  /** Instances [from, to). */
  readonly from: number;
  readonly to: number;
  /** Steps that `state` has behind it. */
  readonly step: number;
  /** Of these instances alone; trained in place. */
  readonly state: TrainingState;
}

export interface Slice {
  readonly state: TrainingState;
  /** Trains up to `step` → [to − from] minibatch loss of the last step, before its update. */
  advance(step: number): Numbers;
  /** [to − from] loss on the evaluation samples. */
  evaluate(): Numbers;
}

/** What one update needs of its step: the same for all instances. */
interface UpdateStep {
  readonly factor: number;
  readonly powers: BetaPowers;
}

export function createFusedSlice({ spec, from, to, step: start, state }: SliceOptions): Slice {
  const { model, optimizer } = spec;
  const kernel = createKernel(model, importances(spec));
  const gradient = { W: new Float64Array(model.n * model.m), b: new Float64Array(model.n) };
  const instances = Array.from({ length: to - from }, (_, row) => instanceOf(spec, state, from + row, row));
  let step = start;
  let powers = powersAfter(start, optimizer);

  const batchAt = ({ origin, density }: Instance, at: number): Samples => ({
    key: streamKey(origin, 'data', at),
    density,
    first: 0,
    count: spec.batch,
  });

  /** One instance through all steps before the next: its weights stay in the first cache. */
  function train(instance: Instance, updates: readonly UpdateStep[]): number {
    let loss = NaN;
    updates.forEach(({ factor, powers: after }, i) => {
      const samples = batchAt(instance, step + i);
      kernel.load(instance.weights);
      if (i === updates.length - 1) loss = kernel.loss(samples);
      kernel.gradient(samples, gradient);
      update(instance.W, gradient.W, optimizer, factor, after);
      update(instance.b, gradient.b, optimizer, factor, after);
    });
    return loss;
  }

  function advance(target: number): Numbers {
    const updates: UpdateStep[] = [];
    for (let at = step; at < target; at++) {
      powers = nextPowers(powers, optimizer);
      updates.push({ factor: scheduleFactor(optimizer.schedule, at, spec.steps), powers });
    }
    const losses = Float64Array.from(instances, (instance) => train(instance, updates));
    step = target;
    return losses;
  }

  function evaluate(): Numbers {
    const key = streamKey({ seed: 0, cell: 0, replica: 0 }, 'evaluation', 0);
    return Float64Array.from(instances, ({ weights, density }) => {
      kernel.load(weights);
      return kernel.loss({ key, density, first: 0, count: EVALUATION_SAMPLES });
    });
  }

  return { state, advance, evaluate };
}

type Instance = ReturnType<typeof instanceOf>;

/** Views of row `row` of the state, and what the instance draws its data from. */
function instanceOf(spec: RunSpec, state: TrainingState, instance: number, row: number) {
  const { n, m } = spec.model;
  const trained = (name: 'W' | 'b', size: number): Trained & { readonly value: Float32Array } => ({
    value: rowOf(state[name], row, size),
    first: rowOf(state[`${name}.m`], row, size),
    second: rowOf(state[`${name}.v`], row, size),
  });
  const W = trained('W', n * m);
  const b = trained('b', n);
  const { density } = cellParameters(spec, cellOf(spec, instance));
  return { W, b, weights: { W: W.value, b: b.value }, density, origin: originOf(spec, instance) };
}
