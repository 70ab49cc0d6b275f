/**
 * The paper's first model, h = W x, x' = f(Wᵀ h + b), by its own names: `toy.ts` with one matrix for both directions and a linear
 * hidden layer.
 */
import type { Activation, Shape } from './shape.ts';
import * as toy from './toy.ts';

export interface TiedModel extends Shape {
  readonly output: Activation;
}

/** W [n, m], b [n]; also the shape of the gradient. */
export interface TiedWeights {
  readonly W: Float64Array;
  readonly b: Float64Array;
}

const toyModel = ({ n, m, output }: TiedModel): toy.ToyModel => ({
  ...{ kind: 'tied', hidden: 'linear', target: 'x' },
  ...{ n, m, output },
});
const toyWeights = ({ W, b }: TiedWeights): toy.ToyWeights => ({ encoder: W, decoder: W, b });

/** x [B, n] → x' [B, n] */
export const forward = (model: TiedModel, weights: TiedWeights, x: Float64Array): Float64Array =>
  toy.forward(toyModel(model), toyWeights(weights), x);

/** Mean over batch and features of I_i (x'_i − x_i)², for x [B, n] and importance I [n]. */
export const loss = (model: TiedModel, weights: TiedWeights, importance: Float64Array, x: Float64Array): number =>
  toy.loss(toyModel(model), toyWeights(weights), importance, x);
