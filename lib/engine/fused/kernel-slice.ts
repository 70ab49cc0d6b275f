/** A slice by any kernel: one instance's step after the other, with AdamW in JavaScript. */
import { present } from '#lib/base/assert';
import { rowOf, type Numbers } from '#lib/base/matrix';
import { nextPowers, powersAfter, update, type BetaPowers, type Trained } from '#lib/model/adamw';
import { scheduleFactor } from '#lib/model/schedule';
import { weightNames, weightTensor, zeroWeights } from '#lib/model/toy';
import { cellOf, importances } from '#lib/spec/cells';
import { batchesOf, distributionOf, evaluationDistribution, evaluationSamples, modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { heldBy, type StateTensor, type TrainingState } from '../checkpoint.ts';
import { PORTABLE, RELAXED } from './arithmetic.ts';
import { createKernel } from './choose-kernel.ts';
import type { LoadedModel } from './kernel.ts';
import { shapeOf } from './shape.ts';
import type { Slice, SliceOptions } from './slice.ts';

/** What one update needs of its step: the same for all instances. */
interface UpdateStep {
  readonly factor: number;
  readonly powers: BetaPowers;
}

export function createKernelSlice({ spec, from, to, step: start, state, relaxed }: SliceOptions): Slice {
  const { optimizer } = spec;
  const model = modelOf(spec);
  const kernel = createKernel(shapeOf(spec), relaxed ? RELAXED : PORTABLE);
  const gradient = zeroWeights(model);
  const gradients = weightNames(model).map((name) => weightTensor(gradient, name));
  const instances = Array.from({ length: to - from }, (_, row) => instanceOf(spec, state, from + row, row, to - from));
  let step = start;
  let powers = powersAfter(start, optimizer);

  /** One instance through all steps before the next: its weights stay in the first cache. */
  function train({ loaded, distribution, batchAt, tensors }: Instance, updates: readonly UpdateStep[]): number {
    let loss = NaN;
    updates.forEach(({ factor, powers: after }, i) => {
      const batch = { distribution, samples: batchAt(step + i) };
      kernel.load(loaded);
      if (i === updates.length - 1) loss = kernel.lossAndGradient(batch, gradient);
      else kernel.gradient(batch, gradient);
      tensors.forEach((tensor, which) =>
        update(tensor, present(gradients[which], 'a gradient'), optimizer, factor, after),
      );
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
      kernel.load(instance.loaded);
      return kernel.loss({ distribution: evaluationDistribution(spec, instance.cell), samples: evaluationSamples() });
    });
  }

  return { state: () => state, advance, evaluate };
}

type Instance = ReturnType<typeof instanceOf>;

/** Views of row `row` of the state's `rows`, and what the instance draws its data from. */
function instanceOf(spec: RunSpec, state: TrainingState, index: number, row: number, rows: number) {
  const part = (name: StateTensor): Float32Array => {
    const tensor = heldBy(state, name);
    return rowOf(tensor, row, tensor.length / rows);
  };
  const cell = cellOf(spec, index);
  const tied = spec.model.kind === 'tied';
  const loaded: LoadedModel = {
    encoder: part(tied ? 'W' : 'W1'),
    decoder: part(tied ? 'W' : 'W2'),
    b: part('b'),
    importance: importances(spec, cell),
  };
  const tensors = weightNames(spec.model).map((name): Trained => ({
    value: part(name),
    first: part(`${name}.m`),
    second: part(`${name}.v`),
  }));
  return { cell, loaded, tensors, distribution: distributionOf(spec, cell), batchAt: batchesOf(spec, index) };
}
