import { describe, expect, test } from 'vitest';
import type { PersonId, RoomId, RunId } from '#lib/base/id';
import type { RunRecord, RunStatus } from '#lib/runs/record';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { specHash } from '#lib/spec/hash';
import { resolve } from '#lib/spec/resolve';
import { decide, SERVER_HOLDER, type Command, type RoomRun } from './decide.ts';

const spec = resolve(DEFAULT_PARAMETERS);
const ADA = { id: 'ada' as PersonId, name: 'Ada' };
const RUN = 'run' as RunId;
const record: RunRecord = {
  id: RUN,
  room: 'room' as RoomId,
  experiment: 'introduction',
  spec,
  specHash: specHash(spec),
  amendments: [],
  presentHash: specHash(spec),
  source: null,
  startedBy: ADA,
  startedAt: 0,
  place: 'browser',
  trainer: ADA,
  lease: 1,
  handOver: null,
  engine: null,
  status: { phase: 'running', step: 7 },
};
const run = (status: RunStatus): RoomRun => ({ record: { ...record, status } });
const ORPHANED: RunStatus = { phase: 'orphaned', step: 7, message: 'Ada is gone.' };

const editor = { connection: 'tab', role: 'editor' } as const;
const start: Command = { type: 'start', experiment: 'introduction', spec, place: 'browser', paused: false };
const go = (place: 'browser' | 'server', id = RUN): Command => ({ type: 'continue', run: id, place });

describe('continue', () => {
  test('goes on where it was asked: in the asking tab, or here', () => {
    const effect = (holder: string, place: string): object => ({
      ok: true,
      value: [{ type: 'hand-over', place, holder }],
    });
    expect(decide(run(ORPHANED), go('browser'), editor)).toEqual(effect('tab', 'browser'));
    expect(decide(run(ORPHANED), go('server'), editor)).toEqual(effect(SERVER_HOLDER, 'server'));
  });

  test('of two who press at once, the second is refused', () => {
    const refusal = { ok: false, error: { code: 'conflict', field: 'run' } };
    expect(decide(run({ phase: 'starting', step: 4 }), go('browser'), editor)).toMatchObject(refusal);
    expect(decide(run({ phase: 'stopped', step: 4 }), go('browser'), editor)).toMatchObject(refusal);
  });

  test('another run, or none, is not found', () => {
    const refusal = { ok: false, error: { code: 'not-found' } };
    expect(decide(run(ORPHANED), go('browser', 'other' as RunId), editor)).toMatchObject(refusal);
    expect(decide(null, go('browser'), editor)).toMatchObject(refusal);
  });

  test('who may not control a run may not go on with one', () => {
    const viewer = { connection: 'tab', role: 'viewer' } as const;
    expect(decide(run(ORPHANED), go('server'), viewer)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  });
});

test('a run whose trainer is gone is not steered, and another takes its place without an end', () => {
  const pause: Command = { type: 'control', run: RUN, action: 'pause' };
  expect(decide(run(ORPHANED), pause, editor)).toMatchObject({ ok: false, error: { code: 'conflict' } });
  const begun = decide(run(ORPHANED), start, editor);
  expect(begun.ok && begun.value.map(({ type }) => type)).toEqual(['begin']);
});

test('a run that is trained is ended before the next begins', () => {
  const begun = decide(run({ phase: 'paused', step: 3 }), start, editor);
  expect(begun.ok && begun.value.map(({ type }) => type)).toEqual(['end', 'begin']);
});
