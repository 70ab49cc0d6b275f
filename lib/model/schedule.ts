/** How the learning rate falls over a run (the official notebook's three schedules). */
import { cos } from '#lib/base/ieee';

/** Constant; linear 1 − step/steps; cosine, the notebook's quarter period cos(½π · step/(steps − 1)). */
export type Schedule = 'constant' | 'linear' | 'cosine';

/** The factor of the learning rate in the update that follows `step` earlier ones, of `steps` in all. */
export function scheduleFactor(schedule: Schedule, step: number, steps: number): number {
  switch (schedule) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - step / steps;
    case 'cosine':
      return steps === 1 ? 1 : cos(((0.5 * Math.PI) / (steps - 1)) * step);
  }
}
