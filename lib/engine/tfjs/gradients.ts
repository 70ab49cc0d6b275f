/**
 * The model of lib/model/toy on all instances at once, its loss and its gradient: derived by hand, which takes half of the
 * kernels, and by automatic differentiation, the oracle that any formula can be held against.
 *
 * Shapes: W [I, n, m], b [I, 1, n], x [I, B, n], importance [n].
 */
import type { Activation } from '#lib/model/shape';
import type { Tensor, Tensor1D, Tensor3D, Tf } from './tf.ts';

export interface TensorWeights {
  readonly W: Tensor3D;
  readonly b: Tensor3D;
}

export interface Gradient extends TensorWeights {
  /** [I] mean over batch and features */
  readonly loss: Tensor1D;
}

/** A model as tensor operations. Whoever calls tidies up. */
export interface TensorModel {
  readonly loss: (weights: TensorWeights, x: Tensor3D) => Tensor1D;
  readonly gradient: (weights: TensorWeights, x: Tensor3D) => Gradient;
}

export type DeriveModel = (tf: Tf, output: Activation, importance: Tensor1D) => TensorModel;

/** I_i (x'_i − x_i)², meaned: [I] */
function meanLoss(tf: Tf, error: Tensor, importance: Tensor1D): Tensor1D {
  return tf.mean(tf.mul(tf.square(error), importance), [1, 2]);
}

/** x → h = W x [I, B, m] and o = Wᵀ h + b [I, B, n] */
function forward(tf: Tf, { W, b }: TensorWeights, x: Tensor3D): { h: Tensor3D; o: Tensor3D } {
  const h = tf.matMul<Tensor3D>(x, W);
  return { h, o: tf.add(tf.matMul<Tensor3D>(h, W, false, true), b) };
}

/**
 * With g = 2/(Bn) · I (x' − x) where the output is open, else 0: ∂W = gᵀ h + xᵀ (g W) and ∂b = Σ g over the batch.
 */
export const byHand: DeriveModel = (tf, output, importance) => {
  const activate = (o: Tensor3D): Tensor3D => (output === 'relu' ? tf.relu(o) : o);

  function gradient(weights: TensorWeights, x: Tensor3D): Gradient {
    const [, batch, n] = x.shape;
    const { h, o } = forward(tf, weights, x);
    const error = tf.sub<Tensor3D>(activate(o), x);
    const weighted = tf.mul<Tensor3D>(error, tf.mul(importance, 2 / (batch * n)));
    const g = output === 'relu' ? tf.mul<Tensor3D>(weighted, tf.step(o)) : weighted;
    const decoded = tf.matMul<Tensor3D>(g, h, true);
    const encoded = tf.matMul<Tensor3D>(x, tf.matMul<Tensor3D>(g, weights.W), true);
    const loss = tf.mul<Tensor1D>(tf.sum<Tensor1D>(tf.mul(weighted, error), [1, 2]), 0.5);
    return { loss, W: tf.add(decoded, encoded), b: tf.sum(g, 1, true) };
  }

  return {
    loss: (weights, x) => meanLoss(tf, tf.sub(activate(forward(tf, weights, x).o), x), importance),
    gradient,
  };
};

/** From the forward pass alone: the instances' losses are summed, and none depends on another's weights. */
export const byAutodiff: DeriveModel = (tf, output, importance) => {
  function loss(weights: TensorWeights, x: Tensor3D): Tensor1D {
    const { o } = forward(tf, weights, x);
    return meanLoss(tf, tf.sub(output === 'relu' ? tf.relu(o) : o, x), importance);
  }

  return {
    loss,
    gradient: (weights, x) => {
      const derive = tf.grads((W, b) => tf.sum(loss({ W: W as Tensor3D, b: b as Tensor3D }, x)));
      const [W, b] = derive([weights.W, weights.b]) as [Tensor3D, Tensor3D];
      return { loss: loss(weights, x), W, b };
    },
  };
};
