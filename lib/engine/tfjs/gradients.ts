/**
 * The models of lib/model/toy on all instances at once, their loss and their gradient: derived by hand, which takes half of the
 * kernels, and by automatic differentiation, the oracle that any formula can be held against.
 *
 * Shapes: matrices [I, n, m], b [I, 1, n], x [I, B, n], weight [I, 1, n] or [I, B, n].
 */
import { present } from '#lib/base/assert';
import type { Activation } from '#lib/model/shape';
import { weightNames, type ToyModel, type WeightName } from '#lib/model/toy';
import type { Tensor1D, Tensor3D, Tf } from './tf.ts';

/** The tensors of the model's weights, or of their gradient, and no others: `tensorOf` reads one. */
export type TensorWeights = Readonly<Partial<Record<WeightName, Tensor3D>>>;

/** Samples, and what their errors count. */
export interface WeighedBatch {
  readonly x: Tensor3D;
  /** 2 I_i / (B n) for the B samples of an instance; 0 for what only fills its rows up. */
  readonly weight: Tensor3D;
}

export interface Gradient {
  /** [I] mean over batch and features */
  readonly loss: Tensor1D;
  readonly gradient: TensorWeights;
}

/** A model as tensor operations. Whoever calls tidies up. */
export interface TensorModel {
  readonly loss: (weights: TensorWeights, batch: WeighedBatch) => Tensor1D;
  readonly gradient: (weights: TensorWeights, batch: WeighedBatch) => Gradient;
}

export type DeriveModel = (tf: Tf, model: ToyModel) => TensorModel;

/** The tensor of that name. Throws where the model has none. */
export const tensorOf = (tensors: TensorWeights, name: WeightName): Tensor3D =>
  present(tensors[name], `tensor ${name}`);

const activate = (tf: Tf, activation: Activation, o: Tensor3D): Tensor3D => (activation === 'relu' ? tf.relu(o) : o);

/** The gradient of `activate`: `upstream` where it is open, else 0. */
const whereOpen = (tf: Tf, activation: Activation, o: Tensor3D, upstream: Tensor3D): Tensor3D =>
  activation === 'relu' ? tf.mul(upstream, tf.step(o)) : upstream;

const targetOf = (tf: Tf, { target }: ToyModel, x: Tensor3D): Tensor3D => (target === 'abs' ? tf.abs(x) : x);

const matrices = ({ kind }: ToyModel, weights: TensorWeights): { readonly E: Tensor3D; readonly D: Tensor3D } => ({
  E: tensorOf(weights, kind === 'tied' ? 'W' : 'W1'),
  D: tensorOf(weights, kind === 'tied' ? 'W' : 'W2'),
});

interface Forward {
  /** x E [I, B, m], before and after the activation */
  readonly before: Tensor3D;
  readonly h: Tensor3D;
  /** h Dᵀ + b [I, B, n], before the activation */
  readonly o: Tensor3D;
  /** x' − t */
  readonly error: Tensor3D;
}

function forward(tf: Tf, model: ToyModel, weights: TensorWeights, x: Tensor3D): Forward {
  const { E, D } = matrices(model, weights);
  const before = tf.matMul<Tensor3D>(x, E);
  const h = activate(tf, model.hidden, before);
  const o = tf.add<Tensor3D>(tf.matMul<Tensor3D>(h, D, false, true), tensorOf(weights, 'b'));
  return { before, h, o, error: tf.sub(activate(tf, model.output, o), targetOf(tf, model, x)) };
}

/** Σ ½ weight (x' − t)²: [I] */
function lossOf(tf: Tf, error: Tensor3D, weighted: Tensor3D): Tensor1D {
  return tf.mul(tf.sum<Tensor1D>(tf.mul(weighted, error), [1, 2]), 0.5);
}

function forwardLoss(tf: Tf, model: ToyModel, weights: TensorWeights, { x, weight }: WeighedBatch): Tensor1D {
  const { error } = forward(tf, model, weights, x);
  return lossOf(tf, error, tf.mul(error, weight));
}

/**
 * With g = weight (x' − t) where the output is open, else 0, and e = g D where the hidden layer is open, else 0:
 * ∂D = gᵀ h, ∂E = xᵀ e and ∂b = Σ g over the batch. Tied, ∂W is the sum of the two.
 */
export const byHand: DeriveModel = (tf, model) => ({
  loss: (weights, batch) => forwardLoss(tf, model, weights, batch),
  gradient: (weights, { x, weight }) => {
    const { before, h, o, error } = forward(tf, model, weights, x);
    const weighted = tf.mul<Tensor3D>(error, weight);
    const g = whereOpen(tf, model.output, o, weighted);
    const e = whereOpen(tf, model.hidden, before, tf.matMul<Tensor3D>(g, matrices(model, weights).D));
    const decoder = tf.matMul<Tensor3D>(g, h, true);
    const encoder = tf.matMul<Tensor3D>(x, e, true);
    const b = tf.sum<Tensor3D>(g, 1, true);
    return {
      loss: lossOf(tf, error, weighted),
      gradient: model.kind === 'tied' ? { W: tf.add(decoder, encoder), b } : { W1: encoder, W2: decoder, b },
    };
  },
});

/** From the forward pass alone: the instances' losses are summed, and none depends on another's weights. */
export const byAutodiff: DeriveModel = (tf, model) => {
  const names = weightNames(model);
  const named = (tensors: readonly unknown[]): TensorWeights =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i] as Tensor3D]));
  return {
    loss: (weights, batch) => forwardLoss(tf, model, weights, batch),
    gradient: (weights, batch) => {
      const derive = tf.grads((...tensors) => tf.sum(forwardLoss(tf, model, named(tensors), batch)));
      const gradient = named(derive(names.map((name) => tensorOf(weights, name))));
      return { loss: forwardLoss(tf, model, weights, batch), gradient };
    },
  };
};
