/** Every claim: the exact ones as they are, the others on their small runs, for each seed and against wrong models. */
import { describe, expect, test } from 'vitest';
import { heldBy, toState } from '#lib/engine/checkpoint';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { collect, createHost, finished, lastCheckpoint } from '#lib/engine/trainer.contract';
import { bestReplicas } from '#lib/runs/best';
import { checkSpec } from '#lib/spec/resolve';
import { specHash } from '#lib/spec/hash';
import type { RunSpec } from '#lib/spec/spec';
import { holdClaim, type TrainedRun } from './hold.ts';
import { SUBJECTS } from './subjects.ts';

const trainer = createFusedTrainer({ workers: 0, spawn: () => expect.unreachable('no worker is asked for') });

const trained = new Map<string, Promise<TrainedRun>>();

/** Claims share runs. */
function train(spec: RunSpec): Promise<TrainedRun> {
  const hash = specHash(spec);
  const run = trained.get(hash) ?? trainAfresh(spec);
  trained.set(hash, run);
  return run;
}

async function trainAfresh(spec: RunSpec): Promise<TrainedRun> {
  expect(checkSpec(spec)).toMatchObject({ ok: true });
  const events = await collect(trainer.train(spec, createHost()));
  const { evaluationLoss, seconds } = finished(events);
  const state = toState(spec, lastCheckpoint(events));
  return {
    spec,
    W: heldBy(state, 'W'),
    b: heldBy(state, 'b'),
    evaluationLoss,
    seconds,
    engine: trainer.engine.name,
    best: bestReplicas(evaluationLoss, spec.replicas),
  };
}

describe.each(SUBJECTS.map((subject) => [subject.key, subject] as const))('%s', (_, subject) => {
  test.each(subject.claims.map((claim) => [claim.sentence, claim] as const))(
    '%s',
    async (_sentence, claim) => {
      const held = await holdClaim(subject, claim.id, { budget: 'small', train, now: () => performance.now() });
      const { expected, measured, tolerance, nulls } = held;
      expect(held.status, `measured: ${measured}; expected: ${expected} (${tolerance}); ${JSON.stringify(nulls)}`).toBe(
        claim.reason === undefined ? 'holds' : 'differs',
      );
    },
    600_000,
  );
});

test('every claim has a name of its own', () => {
  const names = SUBJECTS.flatMap((subject) => subject.claims.map(({ id }) => `${subject.key}/${id}`));
  expect(new Set(names).size).toBe(names.length);
});
