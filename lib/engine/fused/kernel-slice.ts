/** A slice by any kernel, one instance after the other: with AdamW in JavaScript, or in the hidden-lane kernel. */
import { present } from '#lib/base/assert';
import { rowOf, type Numbers } from '#lib/base/matrix';
import { nextPowers, powersAfter, update } from '#lib/model/adamw';
import { scheduleFactor } from '#lib/model/schedule';
import { weightNames, weightTensor, zeroWeights } from '#lib/model/toy';
import { cellOf, importances } from '#lib/spec/cells';
import { batchesOf, distributionOf, evaluationDistribution, evaluationSamples, modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { heldBy, type StateTensor, type TrainingState } from '../checkpoint.ts';
import { PORTABLE, RELAXED } from './arithmetic.ts';
import { createKernel } from './choose-kernel.ts';
import { createHiddenLaneKernel, type TrainedFloats, type TrainStep } from './hidden-lane/kernel.ts';
import type { Kernel, LoadedModel } from './kernel.ts';
import { shapeOf } from './shape.ts';
import type { Slice, SliceOptions } from './slice.ts';

/** Trains one instance through all steps before the next, so that its weights stay in the first cache → the last step's loss. */
type TrainInstance = (instance: Instance, steps: readonly TrainStep[]) => number;

/** With AdamW of `lib/model/adamw`: what whole steps in WebAssembly are held to, bit by bit. */
export function createKernelSlice(options: SliceOptions): Slice {
  const { spec, relaxed } = options;
  const kernel = createKernel(shapeOf(spec), relaxed ? RELAXED : PORTABLE);
  const gradient = zeroWeights(modelOf(spec));
  const gradients = weightNames(spec.model).map((name) => weightTensor(gradient, name));
  return sliceBy(options, kernel, ({ loaded, tensors }, steps) => {
    let loss = NaN;
    steps.forEach(({ batch, factor, powers }, i) => {
      kernel.load(loaded);
      if (i === steps.length - 1) loss = kernel.lossAndGradient(batch, gradient);
      else kernel.gradient(batch, gradient);
      tensors.forEach((tensor, which) =>
        update(tensor, present(gradients[which], 'a gradient'), spec.optimizer, factor, powers),
      );
    });
    return loss;
  });
}

export function createHiddenLaneSlice(options: SliceOptions): Slice {
  const { spec, relaxed } = options;
  const kernel = createHiddenLaneKernel(modelOf(spec), spec.data.kind, relaxed ? RELAXED : PORTABLE);
  return sliceBy(options, kernel, ({ loaded, tensors }, steps) => kernel.train(loaded, tensors, steps, spec.optimizer));
}

function sliceBy({ spec, from, to, step: start, state }: SliceOptions, kernel: Kernel, train: TrainInstance): Slice {
  const { optimizer } = spec;
  const instances = Array.from({ length: to - from }, (_, row) => instanceOf(spec, state, from + row, row, to - from));
  let step = start;
  let powers = powersAfter(start, optimizer);

  function advance(target: number): Numbers {
    const updates = Array.from({ length: target - step }, (_, i) => {
      powers = nextPowers(powers, optimizer);
      return { factor: scheduleFactor(optimizer.schedule, step + i, spec.steps), powers };
    });
    const losses = Float64Array.from(instances, (instance) => {
      const { distribution, batchAt } = instance;
      return train(
        instance,
        updates.map((each, i) => ({ ...each, batch: { distribution, samples: batchAt(step + i) } })),
      );
    });
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
  const tensors = weightNames(spec.model).map((name): TrainedFloats => ({
    value: part(name),
    first: part(`${name}.m`),
    second: part(`${name}.v`),
  }));
  return { cell, loaded, tensors, distribution: distributionOf(spec, cell), batchAt: batchesOf(spec, index) };
}
