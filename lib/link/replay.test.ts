import { expect, test } from 'vitest';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createTrainerHost } from '#lib/engine/host';
import type { Trainer } from '#lib/engine/trainer';
import type { RunRecord } from '#lib/runs/record';
import { SMALL_SPEC, trainedParts } from './link.fixture.ts';
import { makeLink } from './make.ts';
import { isPortable, replayRun, whyNotReplayed } from './replay.ts';
import { verifyLink } from './verify.ts';

const fused = createFusedTrainer({
  workers: 0,
  spawn: () => {
    throw new Error('no worker is needed');
  },
});
/** Its bits are another machine's: they differ from those of the portable engine. */
const elsewhere: Trainer = { ...(fused.relaxed ?? fused), engine: { name: 'fused-webgpu', device: 'a card' } };

const host = () => {
  let clock = 0;
  return createTrainerHost({ now: () => (clock += 1), breathe: () => Promise.resolve() });
};

test('a run of an engine that gives other bits elsewhere is trained once more, with its changes, and its link is identical', async () => {
  const amendments = [{ step: 40, change: { learningRate: 0.002 } }];
  const parts = await trainedParts(SMALL_SPEC, elsewhere, { amendments, lease: 2 });
  const record: RunRecord = { ...parts.record, engine: elsewhere.engine };
  expect(isPortable(record)).toBe(false);
  const steps: number[] = [];
  const again = await replayRun(record, fused, host(), (step) => steps.push(step));
  if (!again.ok) throw new Error(again.error.message);
  expect(steps.at(-1)).toBe(120);
  expect(isPortable(again.value.record)).toBe(true);
  // Trained by a program of other arithmetic, which nobody has any more.
  const engine = { ...fused.engine, revision: 7 };
  expect(isPortable({ ...again.value.record, engine })).toBe(false);
  expect(again.value.record).toMatchObject({ id: record.id, amendments, status: { phase: 'finished' } });
  const link = makeLink({ ...parts, ...again.value });
  if (!link.ok) throw new Error(link.error.message);
  expect(link.value.engine).toMatchObject({ name: 'fused-wasm', revision: 1, handOvers: 0 });
  expect((await verifyLink(link.value, fused, host())).kind).toBe('identical');
});

test('what is stopped, too long, or began with another run’s weights, is refused in words', async () => {
  const { record } = await trainedParts();
  const stopped = host();
  stopped.setTarget('stop');
  expect(await replayRun(record, fused, stopped, () => undefined)).toMatchObject({ error: { code: 'conflict' } });
  const source = { run: record.id, step: 4 };
  expect(await replayRun({ ...record, source }, fused, host(), () => undefined)).toMatchObject({
    error: { message: expect.stringContaining('another run’s weights') as string },
  });
  const long = { ...record, spec: { ...SMALL_SPEC, batch: 8_192, steps: 200_000, replicas: 4_000 } };
  expect(whyNotReplayed(long)).toContain('too long');
});
