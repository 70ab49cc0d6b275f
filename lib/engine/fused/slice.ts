/** Training of the instances [from, to) of a run, in one thread. */
import { rowOf, type Numbers } from '#lib/base/matrix';
import { nextPowers, powersAfter, update, type BetaPowers, type Trained } from '#lib/model/adamw';
import { scheduleFactor } from '#lib/model/schedule';
import { cellOf, cellParameters, importances } from '#lib/spec/cells';
import { batchAt, evaluationSamples, modelOf, type Samples } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { heldBy, type TrainingState } from '../checkpoint.ts';
import { createKernel, type Batch } from './kernel.ts';

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
  const { optimizer } = spec;
  const model = modelOf(spec);
  const kernel = createKernel(model);
  const gradient = { W: new Float64Array(model.n * model.m), b: new Float64Array(model.n) };
  const instances = Array.from({ length: to - from }, (_, row) => instanceOf(spec, state, from + row, row, to - from));
  let step = start;
  let powers = powersAfter(start, optimizer);

  const batchOf = ({ keys, first, count }: Samples, { density }: Instance): Batch => ({
    key: keys.data,
    density,
    first,
    count,
  });

  /** One instance through all steps before the next: its weights stay in the first cache. */
  function train(instance: Instance, updates: readonly UpdateStep[]): number {
    let loss = NaN;
    updates.forEach(({ factor, powers: after }, i) => {
      const samples = batchOf(batchAt(spec, instance.index, step + i), instance);
      kernel.load(instance);
      if (i === updates.length - 1) loss = kernel.loss(samples);
      kernel.gradient(samples, gradient);
      update(instance.trained.W, gradient.W, optimizer, factor, after);
      update(instance.trained.b, gradient.b, optimizer, factor, after);
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
    return Float64Array.from(instances, (instance) => {
      kernel.load(instance);
      return kernel.loss(batchOf(evaluationSamples(), instance));
    });
  }

  return { state, advance, evaluate };
}

type Instance = ReturnType<typeof instanceOf>;

/** Views of row `row` of the state's `rows`, and what the instance draws its data from. */
function instanceOf(spec: RunSpec, state: TrainingState, index: number, row: number, rows: number) {
  const trained = (name: 'W' | 'b'): Trained & { readonly value: Float32Array } => {
    const part = (tensor: Float32Array): Float32Array => rowOf(tensor, row, tensor.length / rows);
    return {
      value: part(heldBy(state, name)),
      first: part(heldBy(state, `${name}.m`)),
      second: part(heldBy(state, `${name}.v`)),
    };
  };
  const W = trained('W');
  const b = trained('b');
  const cell = cellOf(spec, index);
  const { density } = cellParameters(spec, cell);
  return { index, trained: { W, b }, W: W.value, b: b.value, density, importance: importances(spec, cell) };
}
