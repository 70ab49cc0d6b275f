/** All instances of a run as one tensor for each name, trained step by step: lib/model/adamw in tensor operations. */
import { add } from '#lib/base/matrix';
import { nextPowers, powersAfter, type BetaPowers } from '#lib/model/adamw';
import { scheduleFactor } from '#lib/model/schedule';
import { cellCount, importances, instanceCount } from '#lib/spec/cells';
import { EVALUATION_SAMPLES } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { heldBy, shapeOf, stateTensors, type TrainingState } from '../checkpoint.ts';
import type { Stepper } from '../stepper.ts';
import type { Batches, OpenBatches } from './batches.ts';
import type { DeriveModel, TensorModel, TensorWeights } from './gradients.ts';
import type { Tensor1D, Tensor3D, Tf } from './tf.ts';

export interface TfjsParts {
  readonly tf: Tf;
  readonly derive: DeriveModel;
  readonly openBatches: OpenBatches;
}

/** b is [I, 1, n] here. */
export type TensorState = Readonly<Record<(typeof NAMES)[number], Tensor3D>>;
const NAMES = ['W', 'b', 'W.m', 'W.v', 'b.m', 'b.v'] as const;

export function createTfjsStepper(parts: TfjsParts, spec: RunSpec, start: number, initial: TrainingState): Stepper {
  const { tf } = parts;
  const importance = tf.tensor1d(Float32Array.from(importances(spec, 0)));
  const model = parts.derive(tf, spec.model.output, importance);
  const batches = parts.openBatches(tf, spec);
  let state = uploadState(tf, spec, initial);
  let step = start;
  let powers = powersAfter(start, spec.optimizer);

  /** One step; with its [I] losses where they are wanted. */
  function train(): Tensor1D {
    const before = state;
    powers = nextPowers(powers, spec.optimizer);
    const { loss, ...after } = tf.tidy(() => {
      const gradient = model.gradient(before, batches.batch(step));
      return { loss: gradient.loss, ...updated(tf, spec, before, gradient, powers, step) };
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
    weights: async () => ({ W: await state.W.data<'float32'>(), b: await state.b.data<'float32'>() }),
    state: () => downloadState(state),
    evaluate: () => evaluate(parts, spec, model, batches, state),
    dispose: () => {
      batches.dispose();
      tf.dispose([importance, ...Object.values(state)]);
    },
  };
}

export function uploadState(tf: Tf, spec: RunSpec, state: TrainingState): TensorState {
  const entries = stateTensors(spec).map((name) => {
    const [instances = 0, n = 0, m] = shapeOf(spec, name);
    const shape: [number, number, number] = m === undefined ? [instances, 1, n] : [instances, n, m];
    return [name, tf.tensor3d(heldBy(state, name).slice(), shape)];
  });
  return Object.fromEntries(entries) as TensorState;
}

export async function downloadState(state: TensorState): Promise<TrainingState> {
  const entries = NAMES.map(async (name) => [name, await state[name].data<'float32'>()]);
  return Object.fromEntries(await Promise.all(entries)) as TrainingState;
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
  const update = (name: 'W' | 'b'): Tensor3D[] => {
    const g = gradient[name];
    const first = tf.add<Tensor3D>(tf.mul(state[`${name}.m`], beta1), tf.mul(g, 1 - beta1));
    const second = tf.add<Tensor3D>(tf.mul(state[`${name}.v`], beta2), tf.mul(tf.square(g), 1 - beta2));
    const root = tf.add(tf.sqrt(tf.mul(second, 1 / (1 - powers.beta2))), epsilon);
    const direction = tf.div(tf.mul(first, rate / (1 - powers.beta1)), root);
    return [tf.sub<Tensor3D>(tf.mul(state[name], 1 - rate * weightDecay), direction), first, second];
  };
  const [W, Wm, Wv] = update('W');
  const [b, bm, bv] = update('b');
  return { W, b, 'W.m': Wm, 'W.v': Wv, 'b.m': bm, 'b.v': bv } as TensorState;
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
  state: TensorWeights,
): Promise<readonly number[]> {
  const { replicas } = spec;
  const { n } = spec.model;
  const total = new Float64Array(instanceCount(spec));
  const most = Math.max(1, Math.floor(EVALUATED_NUMBERS / (EVALUATED_SAMPLES * n * replicas)));
  for (let cell = 0; cell < cellCount(spec); cell += most) {
    const cells = Math.min(most, cellCount(spec) - cell);
    const [from, count] = [cell * replicas, cells * replicas];
    const weights = { W: tf.slice(state.W, from, count), b: tf.slice(state.b, from, count) };
    for (let first = 0; first < EVALUATION_SAMPLES; first += EVALUATED_SAMPLES) {
      const loss = tf.tidy(() => {
        const x = batches.evaluation({ cell, cells, first, count: EVALUATED_SAMPLES });
        const each = tf.tile(tf.expandDims(x, 1), [1, replicas, 1, 1]);
        return model.loss(weights, tf.reshape(each, [count, EVALUATED_SAMPLES, n]));
      });
      for (const [i, value] of (await loss.data<'float32'>()).entries()) add(total, from + i, value);
      loss.dispose();
    }
    tf.dispose(Object.values(weights));
  }
  return Array.from(total, (sum) => (sum * EVALUATED_SAMPLES) / EVALUATION_SAMPLES);
}
