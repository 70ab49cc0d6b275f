/** All instances of a run as one tensor for each name, trained step by step: lib/model/adamw in tensor operations. */
import { present } from '#lib/base/assert';
import { add } from '#lib/base/matrix';
import { nextPowers, powersAfter, type BetaPowers } from '#lib/model/adamw';
import { scheduleFactor } from '#lib/model/schedule';
import { weightNames, type WeightName } from '#lib/model/toy';
import { cellCount, cellOf, importances, instanceCount } from '#lib/spec/cells';
import { EVALUATION_SAMPLES, modelOf } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { heldBy, shapeOf, stateTensors, type StateTensor, type TrainingState } from '../checkpoint.ts';
import type { Stepper } from '../stepper.ts';
import { samplesOf, type Batches, type OpenBatches } from './batches.ts';
import { tensorOf, type DeriveModel, type TensorModel, type TensorWeights } from './gradients.ts';
import type { Tensor1D, Tensor3D, Tf } from './tf.ts';

export interface TfjsParts {
  readonly tf: Tf;
  readonly derive: DeriveModel;
  readonly openBatches: OpenBatches;
}

/** As a checkpoint has it, but b and its moments [I, 1, n]. */
export type TensorState = Readonly<Partial<Record<StateTensor, Tensor3D>>>;

const held = (state: TensorState, name: StateTensor): Tensor3D => present(state[name], `tensor ${name} of the state`);

export function createTfjsStepper(parts: TfjsParts, spec: RunSpec, start: number, initial: TrainingState): Stepper {
  const { tf } = parts;
  const model = parts.derive(tf, modelOf(spec));
  const weight = batchWeights(tf, spec);
  const batches = parts.openBatches(tf, spec);
  let state = uploadState(tf, spec, initial);
  let step = start;
  let powers = powersAfter(start, spec.optimizer);

  /** One step; with its [I] losses where they are wanted. */
  function train(): Tensor1D {
    const before = state;
    powers = nextPowers(powers, spec.optimizer);
    const [loss, after] = tf.tidy(() => {
      const { loss, gradient } = model.gradient(weightsIn(before), { x: batches.batch(step), weight });
      return [loss, updated(tf, spec, before, gradient, powers, step)];
    });
    state = after;
    tf.dispose(Object.values(before));
    step += 1;
    return loss;
  }

  async function advance(to: number): Promise<Float32Array> {
    while (step < to - 1) train().dispose();
    const loss = train();
    const values = await loss.data<'float32'>();
    loss.dispose();
    return values;
  }

  return {
    advance,
    weights: () => download(weightsIn(state)),
    state: () => download(state),
    evaluate: () => evaluate(parts, spec, model, batches, weightsIn(state)),
    dispose: () => {
      batches.dispose();
      tf.dispose([weight, ...Object.values(state)]);
    },
  };
}

/** The weights alone. */
export const weightsIn = (state: TensorState): TensorWeights =>
  Object.fromEntries(Object.entries(state).filter(([name]) => !name.includes('.')));

export function uploadState(tf: Tf, spec: RunSpec, state: TrainingState): TensorState {
  const entries = stateTensors(spec).map((name) => {
    const [instances = 0, n = 0, m] = shapeOf(spec, name);
    const shape: [number, number, number] = m === undefined ? [instances, 1, n] : [instances, n, m];
    return [name, tf.tensor3d(heldBy(state, name).slice(), shape)];
  });
  return Object.fromEntries(entries) as TensorState;
}

export async function download(state: TensorState): Promise<TrainingState> {
  const entries = Object.entries(state).map(async ([name, tensor]) => [name, await tensor.data<'float32'>()]);
  return Object.fromEntries(await Promise.all(entries)) as TrainingState;
}

/** 2 I_i / (B n) of each instance's samples, 0 in the rows that another fills and it does not: [I, 1, n] where none is left over. */
function batchWeights(tf: Tf, spec: RunSpec): Tensor3D {
  const { n } = spec.model;
  const samples = samplesOf(spec);
  const most = Math.max(...samples);
  const rows = samples.every((count) => count === most) ? 1 : most;
  const weights = new Float32Array(samples.length * rows * n);
  samples.forEach((count, instance) => {
    const each = importances(spec, cellOf(spec, instance)).map((importance) => (2 / (count * n)) * importance);
    for (let row = 0; row < Math.min(rows, count); row++) weights.set(each, (instance * rows + row) * n);
  });
  return tf.tensor3d(weights, [samples.length, rows, n]);
}

/** AdamW: the state after one update, in tensors of its own. */
function updated(
  tf: Tf,
  spec: RunSpec,
  state: TensorState,
  gradient: TensorWeights,
  powers: BetaPowers,
  step: number,
): TensorState {
  const { beta1, beta2, epsilon, weightDecay, learningRate, schedule } = spec.optimizer;
  const rate = scheduleFactor(schedule, step, spec.steps) * learningRate;
  const update = (name: WeightName): TensorState => {
    const g = tensorOf(gradient, name);
    const first = tf.add<Tensor3D>(tf.mul(held(state, `${name}.m`), beta1), tf.mul(g, 1 - beta1));
    const second = tf.add<Tensor3D>(tf.mul(held(state, `${name}.v`), beta2), tf.mul(tf.square(g), 1 - beta2));
    const root = tf.add(tf.sqrt(tf.mul(second, 1 / (1 - powers.beta2))), epsilon);
    const direction = tf.div(tf.mul(first, rate / (1 - powers.beta1)), root);
    const value = tf.sub<Tensor3D>(tf.mul(held(state, name), 1 - rate * weightDecay), direction);
    return { [name]: value, [`${name}.m`]: first, [`${name}.v`]: second };
  };
  return weightNames(spec.model).reduce<TensorState>((after, name) => ({ ...after, ...update(name) }), {});
}

/** Samples evaluated at once: a backend that adds one after the other in float32 loses 1e-4 over more. */
const EVALUATED_SAMPLES = 1_024;
/** Numbers in a tensor of the evaluation: enough to be worth a kernel, few enough for any device. */
const EVALUATED_NUMBERS = 1 << 20;

/** [I] loss on the evaluation samples. Sums over the blocks are float64. */
export async function evaluate(
  { tf }: Pick<TfjsParts, 'tf'>,
  spec: RunSpec,
  model: TensorModel,
  batches: Batches,
  weights: TensorWeights,
): Promise<readonly number[]> {
  const { replicas } = spec;
  const { n, m } = spec.model;
  const total = new Float64Array(instanceCount(spec));
  const most = Math.max(1, Math.floor(EVALUATED_NUMBERS / (EVALUATED_SAMPLES * Math.max(n, m) * replicas)));
  for (let cell = 0; cell < cellCount(spec); cell += most) {
    const cells = Math.min(most, cellCount(spec) - cell);
    const [from, count] = [cell * replicas, cells * replicas];
    const some: TensorWeights = Object.fromEntries(
      Object.entries(weights).map(([name, tensor]) => [name, tf.slice(tensor, from, count)]),
    );
    const weight = evaluationWeights(tf, spec, from, count);
    for (let first = 0; first < EVALUATION_SAMPLES; first += EVALUATED_SAMPLES) {
      const loss = tf.tidy(() => {
        const x = batches.evaluation({ cell, cells, first, count: EVALUATED_SAMPLES });
        const each = tf.tile(tf.expandDims(x, 1), [1, replicas, 1, 1]);
        return model.loss(some, { x: tf.reshape(each, [count, EVALUATED_SAMPLES, n]), weight });
      });
      for (const [i, value] of (await loss.data<'float32'>()).entries()) add(total, from + i, value);
      loss.dispose();
    }
    tf.dispose([weight, ...Object.values(some)]);
  }
  return Array.from(total, (sum) => (sum * EVALUATED_SAMPLES) / EVALUATION_SAMPLES);
}

/** Of `count` instances from `from` on: [count, 1, n] */
function evaluationWeights(tf: Tf, spec: RunSpec, from: number, count: number): Tensor3D {
  const { n } = spec.model;
  const weights = new Float32Array(count * n);
  for (let i = 0; i < count; i++)
    weights.set(
      importances(spec, cellOf(spec, from + i)).map((importance) => (2 / (EVALUATED_SAMPLES * n)) * importance),
      i * n,
    );
  return tf.tensor3d(weights, [count, 1, n]);
}
