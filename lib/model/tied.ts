/**
 * The toy model h = W x, x' = f(Wᵀ h + b) (paper, "Demonstrating superposition"), its loss and its gradient, one instance at a
 * time. Row i of W [n, m] is the paper's column W_i.
 */
import { square } from '#lib/base/ieee';
import { add, at, dotRows } from '#lib/base/matrix';
import type { OutputActivation, Shape } from './shape.ts';

export interface TiedModel extends Shape {
  readonly output: OutputActivation;
}

/** W [n, m], b [n]; also the shape of the gradient. */
export interface TiedWeights {
  readonly W: Float64Array;
  readonly b: Float64Array;
}

/** The sample of x [B, n] that begins at `start` → h [m] = Σ x_i W_i */
function encode({ n, m }: Shape, W: Float64Array, x: Float64Array, start: number, h: Float64Array): void {
  h.fill(0);
  for (let i = 0; i < n; i++) {
    const value = at(x, start + i);
    if (value !== 0) for (let k = 0; k < m; k++) add(h, k, value * at(W, i * m + k));
  }
}

/** Its derivative: ∂h [m] → ∂W_i += x_i ∂h */
function encodeBackward({ n, m }: Shape, dW: Float64Array, x: Float64Array, start: number, dh: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const value = at(x, start + i);
    if (value !== 0) for (let k = 0; k < m; k++) add(dW, i * m + k, value * at(dh, k));
  }
}

/** h [m] → o_i = W_i · h + b_i, before the activation. */
const decode = (i: number, { W, b }: TiedWeights, h: Float64Array): number => dotRows(W, i, h, 0, h.length) + at(b, i);

/** Its derivative: g = ∂o_i → ∂b_i += g, ∂W_i += g h, ∂h += g W_i */
function decodeBackward(
  i: number,
  g: number,
  W: Float64Array,
  h: Float64Array,
  gradient: TiedWeights,
  dh: Float64Array,
): void {
  const m = h.length;
  add(gradient.b, i, g);
  for (let k = 0; k < m; k++) {
    add(gradient.W, i * m + k, g * at(h, k));
    add(dh, k, g * at(W, i * m + k));
  }
}

/** f(o), and f'(o) = 1 where it is open, else 0. */
const isOpen = (output: OutputActivation, o: number): boolean => output === 'linear' || o > 0;
const activate = (output: OutputActivation, o: number): number => (isOpen(output, o) ? o : 0);

/** x [B, n] → x' [B, n] */
export function forward(model: TiedModel, weights: TiedWeights, x: Float64Array): Float64Array {
  const { n, m, output } = model;
  const h = new Float64Array(m);
  const reconstruction = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += n) {
    encode(model, weights.W, x, start, h);
    for (let i = 0; i < n; i++) reconstruction[start + i] = activate(output, decode(i, weights, h));
  }
  return reconstruction;
}

/** Mean over batch and features of I_i (x'_i − x_i)², for x [B, n] and importance I [n]. The paper's is n times this. */
export function loss(model: TiedModel, weights: TiedWeights, importance: Float64Array, x: Float64Array): number {
  const reconstruction = forward(model, weights, x);
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += at(importance, j % model.n) * square(at(reconstruction, j) - at(x, j));
  return sum / x.length;
}

/**
 * The same loss, and its gradient into `gradient`. W_i both encodes feature i and decodes it, so it has two parts: with
 * g_i = 2/(Bn) · I_i (x'_i − x_i) where output i is open, else 0, ∂W_i = g_i h + x_i Σ_j g_j W_j and ∂b_i = g_i.
 */
export function lossAndGradient(
  model: TiedModel,
  weights: TiedWeights,
  importance: Float64Array,
  x: Float64Array,
  gradient: TiedWeights,
): number {
  const { n, m, output } = model;
  const h = new Float64Array(m);
  const dh = new Float64Array(m);
  let sum = 0;
  gradient.W.fill(0);
  gradient.b.fill(0);
  for (let start = 0; start < x.length; start += n) {
    encode(model, weights.W, x, start, h);
    dh.fill(0);
    for (let i = 0; i < n; i++) {
      const o = decode(i, weights, h);
      const error = activate(output, o) - at(x, start + i);
      const weighted = at(importance, i) * error;
      sum += weighted * error;
      if (isOpen(output, o)) decodeBackward(i, (2 / x.length) * weighted, weights.W, h, gradient, dh);
    }
    encodeBackward(model, gradient.W, x, start, dh);
  }
  return sum / x.length;
}
