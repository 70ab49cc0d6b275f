/**
 * The reference engine: lib/model in plain loops, one instance after the other. It is what every other engine is tested
 * against. Between steps its state is float32, so that a checkpoint loses nothing; all arithmetic within a step is float64.
 */
import { add, rowOf, type Numbers } from '#lib/base/matrix';
import { streamKey } from '#lib/base/random';
import { nextPowers, powersAfter, update, type Trained } from '#lib/model/adamw';
import { sampleBatch } from '#lib/model/data';
import { scheduleFactor } from '#lib/model/schedule';
import { loss, lossAndGradient, type TiedWeights } from '#lib/model/tied';
import { cellCount, cellOf, cellParameters, importances, instanceCount, originOf } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import type { TrainingState } from '../checkpoint.ts';
import { trainingLoop, type Stepper } from '../loop.ts';
import { EVALUATION_SAMPLES, type Trainer } from '../trainer.ts';

const ENGINE = { name: 'reference', device: 'float64 loops, one thread' };

export const createReferenceTrainer = (): Trainer => ({
  engine: ENGINE,
  refuses: () => undefined,
  train: (spec, host) =>
    trainingLoop(spec, host, ENGINE, (present, step, state) => Promise.resolve(createStepper(present, step, state))),
});

/** Trains `state` in place. */
function createStepper(spec: RunSpec, start: number, state: TrainingState): Stepper {
  const { model, optimizer } = spec;
  const importance = importances(spec);
  const x = new Float64Array(spec.batch * model.n);
  const gradient = { W: new Float64Array(model.n * model.m), b: new Float64Array(model.n) };
  const losses = new Float64Array(instanceCount(spec));
  let step = start;
  let powers = powersAfter(start, optimizer);

  function trainInstance(instance: number): void {
    const { density } = cellParameters(spec, cellOf(spec, instance));
    sampleBatch(x, model.n, streamKey(originOf(spec, instance), 'data', step), density);
    losses[instance] = lossAndGradient(model, weightsOf(spec, state, instance), importance, x, gradient);
    const factor = scheduleFactor(optimizer.schedule, step, spec.steps);
    for (const name of ['W', 'b'] as const)
      update(trainedOf(state, name, instance, gradient[name].length), gradient[name], optimizer, factor, powers);
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

/** An instance's weights in float64, a copy. */
function weightsOf(spec: RunSpec, { W, b }: Pick<TrainingState, 'W' | 'b'>, instance: number): TiedWeights {
  const { n, m } = spec.model;
  return { W: Float64Array.from(rowOf(W, instance, n * m)), b: Float64Array.from(rowOf(b, instance, n)) };
}

/** An instance's part of a tensor and its moments, to be updated in place. */
const trainedOf = (state: TrainingState, name: 'W' | 'b', instance: number, size: number): Trained => ({
  value: rowOf(state[name], instance, size),
  first: rowOf(state[`${name}.m`], instance, size),
  second: rowOf(state[`${name}.v`], instance, size),
});

/** Samples drawn at once: a batch of them stays in a core's cache. */
const EVALUATION_BATCH = 512;

/** [I] loss on the evaluation samples, which are the same for every instance but for the density. */
function evaluate(spec: RunSpec, state: TrainingState): readonly number[] {
  const { model, replicas } = spec;
  const key = streamKey({ seed: 0, cell: 0, replica: 0 }, 'evaluation', 0);
  const importance = importances(spec);
  const weights = Array.from({ length: instanceCount(spec) }, (_, instance) => weightsOf(spec, state, instance));
  const total = new Float64Array(weights.length);
  const x = new Float64Array(EVALUATION_BATCH * model.n);
  for (let cell = 0; cell < cellCount(spec); cell++)
    for (let first = 0; first < EVALUATION_SAMPLES; first += EVALUATION_BATCH) {
      sampleBatch(x, model.n, key, cellParameters(spec, cell).density, first);
      weights.slice(cell * replicas, (cell + 1) * replicas).forEach((each, replica) => {
        add(total, cell * replicas + replica, loss(model, each, importance, x));
      });
    }
  return Array.from(total, (sum) => sum / (EVALUATION_SAMPLES / EVALUATION_BATCH));
}
