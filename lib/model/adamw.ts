/** AdamW as torch.optim.AdamW has it (Loshchilov and Hutter 2019): the weight decay is decoupled from the gradient. */
import { at, type Numbers } from '#lib/base/matrix';

export interface AdamW {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** A tensor with Adam's moments of its gradient, all of one length. */
export interface Trained {
  readonly value: Numbers;
  readonly first: Numbers;
  readonly second: Numbers;
}

/** β₁ᵗ and β₂ᵗ after t updates, by repeated multiplication: no pow, and the same bits when a run is continued. */
export interface BetaPowers {
  readonly beta1: number;
  readonly beta2: number;
}

export const nextPowers = (powers: BetaPowers, { beta1, beta2 }: AdamW): BetaPowers => ({
  beta1: powers.beta1 * beta1,
  beta2: powers.beta2 * beta2,
});

export function powersAfter(updates: number, optimizer: AdamW): BetaPowers {
  let powers: BetaPowers = { beta1: 1, beta2: 1 };
  for (let t = 0; t < updates; t++) powers = nextPowers(powers, optimizer);
  return powers;
}

/** One update in place. `powers` are those after it (t ≥ 1); `factor` is the schedule's. */
export function update(
  { value, first, second }: Trained,
  gradient: Float64Array,
  optimizer: AdamW,
  factor: number,
  powers: BetaPowers,
): void {
  const { beta1, beta2, epsilon, weightDecay } = optimizer;
  const rate = factor * optimizer.learningRate;
  for (let i = 0; i < value.length; i++) {
    const g = at(gradient, i);
    const mean = beta1 * at(first, i) + (1 - beta1) * g;
    const square = beta2 * at(second, i) + (1 - beta2) * g * g;
    const direction = mean / (1 - powers.beta1) / (Math.sqrt(square / (1 - powers.beta2)) + epsilon);
    first[i] = mean;
    second[i] = square;
    value[i] = at(value, i) * (1 - rate * weightDecay) - rate * direction;
  }
}
