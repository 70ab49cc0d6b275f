/**
 * The toy models, h = f₁(Σ x_i E_i), x'_i = f₂(D_i · h + b_i), their loss and their gradient, one instance at a time. Row i of the
 * encoder E and of the decoder D, both [n, m], belongs to feature i. Tied (paper, "Demonstrating superposition") they are one
 * matrix W; untied ("Computation in superposition") they are W1 and W2. There is no hidden bias.
 */
import { square } from '#lib/base/ieee';
import { add, at, dotRows } from '#lib/base/matrix';
import type { Activation, Shape, Target } from './shape.ts';

export interface ToyModel extends Shape {
  readonly kind: 'tied' | 'untied';
  /** f₁; ReLU gives the hidden layer a privileged basis. */
  readonly hidden: Activation;
  /** f₂ */
  readonly output: Activation;
  readonly target: Target;
}

/** encoder [n, m], decoder [n, m], b [n]; also the shape of the gradient. Of a tied model, encoder and decoder are one array. */
export interface ToyWeights {
  readonly encoder: Float64Array;
  readonly decoder: Float64Array;
  readonly b: Float64Array;
}

/** What is trained, by name, in the order in which it is hashed and drawn. */
export const WEIGHT_NAMES = { tied: ['W', 'b'], untied: ['W1', 'W2', 'b'] } as const;
export type WeightName = (typeof WEIGHT_NAMES)[keyof typeof WEIGHT_NAMES][number];

export const weightNames = ({ kind }: Pick<ToyModel, 'kind'>): readonly WeightName[] => WEIGHT_NAMES[kind];

/** Numbers in the tensor of that name: [n, m], or [n] for b. */
export const weightSize = ({ n, m }: Shape, name: WeightName): number => (name === 'b' ? n : n * m);

/** The weights whose tensors `of` gives; asked once for each name. */
export function toyWeights({ kind }: Pick<ToyModel, 'kind'>, of: (name: WeightName) => Float64Array): ToyWeights {
  if (kind === 'untied') return { encoder: of('W1'), decoder: of('W2'), b: of('b') };
  const W = of('W');
  return { encoder: W, decoder: W, b: of('b') };
}

/** A tensor of the weights, or of a gradient, by its name. */
export const weightTensor = ({ encoder, decoder, b }: ToyWeights, name: WeightName): Float64Array =>
  name === 'b' ? b : name === 'W2' ? decoder : encoder;

export const zeroWeights = (model: ToyModel): ToyWeights =>
  toyWeights(model, (name) => new Float64Array(weightSize(model, name)));

/** f'(o) = 1 where it is open, else 0, and f(o). At a kink the derivative is 0. */
const isOpen = (activation: Activation, o: number): boolean => activation === 'linear' || o > 0;
const activate = (activation: Activation, o: number): number => (isOpen(activation, o) ? o : 0);

const targetOf = (target: Target, x: number): number => (target === 'abs' ? Math.abs(x) : x);

/** The sample of x [B, n] that begins at `start` → h [m] = f₁(Σ x_i E_i) */
function encode({ n, m, hidden }: ToyModel, E: Float64Array, x: Float64Array, start: number, h: Float64Array): void {
  h.fill(0);
  for (let i = 0; i < n; i++) {
    const value = at(x, start + i);
    if (value !== 0) for (let k = 0; k < m; k++) add(h, k, value * at(E, i * m + k));
  }
  for (let k = 0; k < m; k++) h[k] = activate(hidden, at(h, k));
}

/** Its derivative: ∂h [m] → ∂E_i += x_i ∂h where h is open. Spoils ∂h. */
function encodeBackward(
  { n, m, hidden }: ToyModel,
  dE: Float64Array,
  x: Float64Array,
  start: number,
  h: Float64Array,
  dh: Float64Array,
): void {
  for (let k = 0; k < m; k++) if (!isOpen(hidden, at(h, k))) dh[k] = 0;
  for (let i = 0; i < n; i++) {
    const value = at(x, start + i);
    if (value !== 0) for (let k = 0; k < m; k++) add(dE, i * m + k, value * at(dh, k));
  }
}

/** h [m] → o_i = D_i · h + b_i, before the activation. */
const decode = (i: number, { decoder, b }: ToyWeights, h: Float64Array): number =>
  dotRows(decoder, i, h, 0, h.length) + at(b, i);

/** Its derivative: g = ∂o_i → ∂b_i += g, ∂D_i += g h, ∂h += g D_i */
function decodeBackward(
  i: number,
  g: number,
  D: Float64Array,
  h: Float64Array,
  gradient: ToyWeights,
  dh: Float64Array,
): void {
  const m = h.length;
  add(gradient.b, i, g);
  for (let k = 0; k < m; k++) {
    add(gradient.decoder, i * m + k, g * at(h, k));
    add(dh, k, g * at(D, i * m + k));
  }
}

/** x [B, n] → x' [B, n] */
export function forward(model: ToyModel, weights: ToyWeights, x: Float64Array): Float64Array {
  const { n, m, output } = model;
  const h = new Float64Array(m);
  const reconstruction = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += n) {
    encode(model, weights.encoder, x, start, h);
    for (let i = 0; i < n; i++) reconstruction[start + i] = activate(output, decode(i, weights, h));
  }
  return reconstruction;
}

/** Mean over batch and features of I_i (x'_i − t_i)², for x [B, n], targets t and importance I [n]. The paper's is n times this. */
export function loss(model: ToyModel, weights: ToyWeights, importance: Float64Array, x: Float64Array): number {
  const reconstruction = forward(model, weights, x);
  let sum = 0;
  for (let j = 0; j < x.length; j++)
    sum += at(importance, j % model.n) * square(at(reconstruction, j) - targetOf(model.target, at(x, j)));
  return sum / x.length;
}

/**
 * The same loss, and its gradient into `gradient`: with g_i = 2/(Bn) · I_i (x'_i − t_i) where output i is open, else 0,
 * ∂b_i = g_i, ∂D_i = g_i h and ∂E_i = x_i Σ_j g_j D_j where h is open. W_i both encodes and decodes feature i, so ∂W_i is the sum of the two.
 */
export function lossAndGradient(
  model: ToyModel,
  weights: ToyWeights,
  importance: Float64Array,
  x: Float64Array,
  gradient: ToyWeights,
): number {
  const { n, m, output, target } = model;
  const h = new Float64Array(m);
  const dh = new Float64Array(m);
  let sum = 0;
  for (const tensor of [gradient.encoder, gradient.decoder, gradient.b]) tensor.fill(0);
  for (let start = 0; start < x.length; start += n) {
    encode(model, weights.encoder, x, start, h);
    dh.fill(0);
    for (let i = 0; i < n; i++) {
      const o = decode(i, weights, h);
      const error = activate(output, o) - targetOf(target, at(x, start + i));
      const weighted = at(importance, i) * error;
      sum += weighted * error;
      if (isOpen(output, o)) decodeBackward(i, (2 / x.length) * weighted, weights.decoder, h, gradient, dh);
    }
    encodeBackward(model, gradient.encoder, x, start, h, dh);
  }
  return sum / x.length;
}
