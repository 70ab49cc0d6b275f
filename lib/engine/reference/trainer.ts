/**
 * The reference engine: lib/model in plain loops, one instance after the other. It is what every other engine is tested
 * against. Between steps its state is float32, so that a checkpoint loses nothing; all arithmetic within a step is float64.
 */
import { add, rowOf, type Numbers } from '#lib/base/matrix';
import { nextPowers, powersAfter, update, type Trained } from '#lib/model/adamw';
import { drawSamples } from '#lib/model/data';
import { scheduleFactor } from '#lib/model/schedule';
import {
  loss,
  lossAndGradient,
  toyWeights,
  weightNames,
  weightTensor,
  zeroWeights,
  type ToyWeights,
  type WeightName,
} from '#lib/model/toy';
import { cellCount, cellOf, importances, instanceCount } from '#lib/spec/cells';
import { batchAt, distributionOf, evaluationDistribution, evaluationSamples, modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { heldBy, type StateTensor, type TrainingState } from '../checkpoint.ts';
import { trainingLoop } from '../loop.ts';
import type { Stepper } from '../stepper.ts';
import type { Trainer } from '../trainer.ts';

const ENGINE = { name: 'reference', device: 'float64 loops, one thread' };

export const createReferenceTrainer = (): Trainer => ({
  engine: ENGINE,
  refuses: () => undefined,
  train: (spec, host) =>
    trainingLoop(spec, host, ENGINE, (present, step, state) => Promise.resolve(createStepper(present, step, state))),
});

/** Trains `state` in place. */
function createStepper(spec: RunSpec, start: number, state: TrainingState): Stepper {
  const { optimizer } = spec;
  const model = modelOf(spec);
  const names = weightNames(model);
  const gradient = zeroWeights(model);
  const losses = new Float64Array(instanceCount(spec));
  let step = start;
  let powers = powersAfter(start, optimizer);

  function trainInstance(instance: number): void {
    const cell = cellOf(spec, instance);
    const { keys, first, count } = batchAt(spec, instance, step);
    const x = new Float64Array(count * model.n);
    drawSamples(x, distributionOf(spec, cell), keys, first);
    losses[instance] = lossAndGradient(model, weightsOf(spec, state, instance), importances(spec, cell), x, gradient);
    const factor = scheduleFactor(optimizer.schedule, step, spec.steps);
    for (const name of names)
      update(trainedOf(spec, state, name, instance), weightTensor(gradient, name), optimizer, factor, powers);
  }

  function advance(to: number): Numbers {
    for (; step < to; step++) {
      powers = nextPowers(powers, optimizer);
      for (let instance = 0; instance < losses.length; instance++) trainInstance(instance);
    }
    return losses;
  }

  return {
    advance: (to) => Promise.resolve(advance(to)),
    weights: () => Promise.resolve(state),
    state: () => Promise.resolve(state),
    evaluate: () => Promise.resolve(evaluate(spec, state)),
    dispose: () => undefined,
  };
}

/** An instance's part of a tensor of the state, a view. */
const partOf = (spec: RunSpec, state: TrainingState, name: StateTensor, instance: number): Float32Array =>
  rowOf(heldBy(state, name), instance, heldBy(state, name).length / instanceCount(spec));

/** An instance's weights in float64, a copy. */
const weightsOf = (spec: RunSpec, state: TrainingState, instance: number): ToyWeights =>
  toyWeights(spec.model, (name) => Float64Array.from(partOf(spec, state, name, instance)));

/** An instance's part of a tensor and its moments, to be updated in place. */
const trainedOf = (spec: RunSpec, state: TrainingState, name: WeightName, instance: number): Trained => ({
  value: partOf(spec, state, name, instance),
  first: partOf(spec, state, `${name}.m`, instance),
  second: partOf(spec, state, `${name}.v`, instance),
});

/** Samples drawn at once: a batch of them stays in a core's cache. */
const EVALUATION_BATCH = 512;

/** [I] loss on the evaluation samples, which are the same for every instance but for what the axes decide. */
function evaluate(spec: RunSpec, state: TrainingState): readonly number[] {
  const { replicas } = spec;
  const model = modelOf(spec);
  const { keys, count } = evaluationSamples();
  const weights = Array.from({ length: instanceCount(spec) }, (_, instance) => weightsOf(spec, state, instance));
  const total = new Float64Array(weights.length);
  const x = new Float64Array(EVALUATION_BATCH * model.n);
  for (let cell = 0; cell < cellCount(spec); cell++) {
    const importance = importances(spec, cell);
    for (let first = 0; first < count; first += EVALUATION_BATCH) {
      drawSamples(x, evaluationDistribution(spec, cell), keys, first);
      weights.slice(cell * replicas, (cell + 1) * replicas).forEach((each, replica) => {
        add(total, cell * replicas + replica, loss(model, each, importance, x));
      });
    }
  }
  return Array.from(total, (sum) => sum / (count / EVALUATION_BATCH));
}
