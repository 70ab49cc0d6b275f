/** A sweep in three tiles, really trained, as its room keeps it, and the link that it makes. */
import { present } from '#lib/base/assert';
import type { Trainer } from '#lib/engine/trainer';
import { norms } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import { withSweepFrames } from '#lib/runs/sweep-frame';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { trainedParts } from './link.fixture.ts';
import type { Link } from './link.ts';
import { makeLink, type LinkParts } from './make.ts';

/** A diagram of models of two features, trained for a few steps. */
export const sweepSpec = (wishes: Partial<Parameters>): RunSpec =>
  resolve({
    ...{ ...DEFAULT_PARAMETERS, n: 2, m: 1, importanceBase: 1, densityFrom: 1, densityTo: 0.01 },
    ...{ relativeImportanceFrom: 0.1, relativeImportanceTo: 10, batch: 16, steps: 6, learningRate: 0.05 },
    ...wishes,
  });

/** 66 × 66 cells of two models each. */
export const SWEEP_SPEC = sweepSpec({ densities: 66, relativeImportances: 66, replicas: 2 });

/** With a sweep's frames as whoever publishes it makes them. */
export const published = (trainer: Trainer): Trainer => ({
  ...trainer,
  train: (spec, host) => withSweepFrames(spec, trainer.train(spec, host), { norms, superposition }),
});

/** `trainer`: one that is fast enough for thousands of models. */
export const sweepParts = (trainer: Trainer, spec = SWEEP_SPEC): Promise<LinkParts> =>
  trainedParts(spec, published(trainer));

export async function sweepLink(trainer: Trainer, spec = SWEEP_SPEC): Promise<Link> {
  const made = makeLink(await sweepParts(trainer, spec));
  return present(made.ok ? made.value : undefined, 'a link');
}
