import { describe, expect, test } from 'vitest';
import { toState } from '#lib/engine/checkpoint';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { collect, createHost, finished, lastCheckpoint } from '#lib/engine/trainer.contract';
import { bestReplicas } from '#lib/runs/best';
import { checkSpec } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { claimSpec, type FinishedRun } from './experiment.ts';
import { EXPERIMENTS } from './index.ts';

const trainer = createFusedTrainer({ workers: 0, spawn: () => expect.unreachable('no worker is asked for') });

async function train(spec: RunSpec): Promise<FinishedRun> {
  const events = await collect(trainer.train(spec, createHost()));
  const { evaluationLoss } = finished(events);
  const { W, b } = toState(spec, lastCheckpoint(events));
  return { spec, W, b, evaluationLoss, best: bestReplicas(evaluationLoss, spec.replicas) };
}

describe.each(EXPERIMENTS.map((experiment) => [experiment.key, experiment] as const))('%s', (_, experiment) => {
  describe.each(['small', 'full'] as const)('at its %s budget', (budget) => {
    test.each(experiment.claims.map((claim) => [claim.sentence, claim] as const))(
      '%s',
      async (_sentence, claim) => {
        const spec = claimSpec(experiment, claim, budget);
        expect(checkSpec(spec)).toMatchObject({ ok: true });
        const verdict = claim.test(await train(spec));
        expect(verdict.holds, `${verdict.expected}; measured: ${verdict.measured}`).toBe(true);
      },
      120_000,
    );
  });
});
