/** Which engine trains a spec. */
import type { RunSpec } from '#lib/spec/spec';
import { whyTooLarge, workOf } from './work.ts';
import type { Trainer } from './trainer.ts';

export interface Choice {
  readonly trainer: Trainer;
  /** For people: why this one. */
  readonly reason: string;
}

/**
 * The first of `trainers` (fastest first, the last one taking everything) that does not refuse the spec. Throws where it is too large for
 * any, or too long at the `pace` that was measured here.
 */
export function chooseTrainer(spec: RunSpec, trainers: readonly [Trainer, ...Trainer[]], pace?: number): Choice {
  const tooLarge = whyTooLarge(spec, pace);
  if (tooLarge !== undefined) throw new Error(tooLarge);
  const refusals: string[] = [];
  for (const trainer of trainers) {
    const refusal = trainer.refuses(spec);
    if (refusal === undefined) return { trainer, reason: reasonFor(trainer, refusals) };
    refusals.push(refusal);
  }
  throw new Error(refusals.join(' '));
}

/** The trainer of that name, whose reason is that it was asked for. Throws where it cannot train the spec, and says what to do. */
export function chooseNamed(spec: RunSpec, trainer: Trainer, pace?: number): Choice {
  const tooLarge = whyTooLarge(spec, pace);
  if (tooLarge !== undefined) throw new Error(tooLarge);
  const refusal = trainer.refuses(spec);
  if (refusal !== undefined) throw new Error(`${refusal} ${CHOOSE_ANOTHER}`);
  return { trainer, reason: `${trainer.engine.name} was asked for by name.` };
}

/** What to do where an engine that was asked for by name cannot be had. */
export const CHOOSE_ANOTHER = 'Choose another engine, or the fastest, in “What trains here”.';

const reasonFor = ({ engine }: Trainer, refusals: readonly string[]): string =>
  refusals.length === 0
    ? `${engine.name} is the fastest engine here.`
    : `${engine.name} was taken, since a faster one cannot. ${refusals.join(' ')}`;

/** Vector instructions from which a run is long: some three minutes of one core. */
export const LONG_RUN = 1e12;

/**
 * A trainer whose bits differ from machine to machine, kept for long runs: what a short one would gain is less than what its link
 * would lose, which everyone can train again to the same bits.
 */
export const forLongRuns = (trainer: Trainer): Trainer => ({
  ...trainer,
  refuses: (spec) =>
    trainer.refuses(spec) ??
    (workOf(spec) >= LONG_RUN
      ? undefined
      : `${trainer.engine.name} takes long runs alone, as its bits are not the same on every machine.`),
});

/** For people, in a few words: why a run of `spec` is trained on the engine of that name, chosen here or by name. */
export function reasonOf(engine: string, spec: RunSpec): string {
  switch (engine) {
    case 'fused-webgpu':
      return 'the graphics card, fastest here';
    case 'fused-wasm':
      return 'same bits on every machine';
    case 'fused-wasm+relaxed':
      return `${workOf(spec) >= LONG_RUN ? 'long run' : 'by name'}, bits of this machine`;
    case 'reference':
      return 'plain loops, slow';
    case 'tfjs-cpu':
    case 'tfjs-wasm':
    case 'tfjs-webgpu':
      return 'by name, the slow oracle';
    default:
      return '';
  }
}
