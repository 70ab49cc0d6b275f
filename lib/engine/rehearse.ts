/** A little training for nobody: compiles an engine's code before it is waited for, and tells its pace. */
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { createTrainerHost, type HostOptions } from './host.ts';
import type { Trainer } from './trainer.ts';
import { workOfStep } from './work.ts';

/** Enough for the step's code to be optimised, and then, in some milliseconds, for its pace to be seen. */
const REHEARSED_STEPS = 50;
const CALIBRATED_STEPS = 150;

/** → vector instructions a second, as `workOf` counts them. */
export async function rehearse(trainer: Trainer, clock: Pick<HostOptions, 'now' | 'breathe'>): Promise<number> {
  const spec = resolve({ ...DEFAULT_PARAMETERS, replicas: 1 });
  const host = createTrainerHost({ ...clock, target: REHEARSED_STEPS });
  let [begun, took] = [clock.now(), NaN];
  for await (const event of trainer.train(spec, host)) {
    if (event.type !== 'paused') continue;
    took = clock.now() - begun;
    begun = clock.now();
    host.setTarget(event.step === REHEARSED_STEPS ? REHEARSED_STEPS + CALIBRATED_STEPS : 'stop');
  }
  return (1_000 * CALIBRATED_STEPS * workOfStep(spec)) / took;
}
