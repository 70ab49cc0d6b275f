/** What the shaders need of each update: AdamW's running products in float64, so that a shader computes no power. */
import { nextPowers, powersAfter, type AdamW } from '#lib/model/adamw';
import { scheduleFactor, type Schedule } from '#lib/model/schedule';

/** Numbers of an update: rate · decay, rate / (1 − β₁ᵗ), 1 / (1 − β₂ᵗ), and one unused. */
export const UPDATE_NUMBERS = 4;

export interface Updates {
  /** [steps, 4] of the next `steps` updates. */
  readonly next: (steps: number) => Float32Array<ArrayBuffer>;
}

export function createUpdates(optimizer: AdamW & { readonly schedule: Schedule }, start: number, all: number): Updates {
  let step = start;
  let powers = powersAfter(start, optimizer);
  return {
    next(steps) {
      const numbers = new Float32Array(steps * UPDATE_NUMBERS);
      for (let i = 0; i < steps; i++, step++) {
        powers = nextPowers(powers, optimizer);
        const rate = scheduleFactor(optimizer.schedule, step, all) * optimizer.learningRate;
        const update = [rate * optimizer.weightDecay, rate / (1 - powers.beta1), 1 / (1 - powers.beta2), 0];
        numbers.set(update, i * UPDATE_NUMBERS);
      }
      return numbers;
    },
  };
}
