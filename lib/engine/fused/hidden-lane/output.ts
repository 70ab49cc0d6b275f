/** What becomes of a vector of outputs, whichever way they were computed. */
import { f32x4, set, v128, type Code, type Local } from '../wasm/code.ts';
import type { Scope } from './scope.ts';

/** g = I (f₂(o) − t) f₂' in `scope.g`, of the features' importance and x; what it adds to the loss, where that is asked for. */
export function gradientOf(
  { pass, model, arithmetic, error, g, lossSum }: Scope,
  output: Local<'v128'>,
  importance: Code<'v128'>,
  x: Code<'v128'>,
): readonly Code[] {
  const isLinear = model.output === 'linear';
  const target = model.target === 'abs' ? f32x4.absolute(x) : x;
  const activated = isLinear ? output : f32x4.greater(f32x4.zero, output);
  return [
    set(error, f32x4.subtract(activated, target)),
    set(g, f32x4.multiply(importance, error)),
    ...(pass === 'gradient' ? [] : [set(lossSum, arithmetic.multiplyAdd(g, error, lossSum))]),
    ...(pass === 'loss' || isLinear ? [] : [set(g, v128.and(g, f32x4.greaterThan(output, f32x4.zero)))]),
  ];
}
