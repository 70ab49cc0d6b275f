import { describe, expect, it } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { QUICK_TRAINING } from '#lib/experiments/training';
import { startingRecord } from '#lib/runs/record.fixture';
import { specHash } from '#lib/spec/hash';
import { resolve } from '#lib/spec/resolve';
import type { RunStatus } from '#lib/runs/record';
import type { RunSpec } from '#lib/spec/spec';
import { givesWay, isShort } from './run-on-release.ts';

const quick = resolve({ ...DEFAULT_PARAMETERS, ...QUICK_TRAINING });
const longer = resolve({ ...DEFAULT_PARAMETERS, ...QUICK_TRAINING, steps: 4_000 });
const notebook = resolve(DEFAULT_PARAMETERS);
const LAPTOP = 4e9;
const OTHER = 'another';
const recordOf = (spec: RunSpec, status: RunStatus) => startingRecord(spec, { status, presentHash: specHash(spec) });
const going: RunStatus = { phase: 'running', step: 10 };
const paused: RunStatus = { phase: 'paused', step: 10 };

describe('a run that a gesture begins', () => {
  it('is one that takes a few seconds at most, on this machine', () => {
    expect([isShort(quick, LAPTOP), isShort(notebook, LAPTOP)]).toEqual([true, false]);
    expect([isShort(longer, LAPTOP), isShort(longer, LAPTOP / 4)]).toEqual([true, false]);
    expect(isShort(quick, 1), 'a pace that was measured in a bad moment').toBe(true);
    expect([isShort(quick, null), isShort(notebook, null)]).toEqual([true, false]);
  });

  it('takes the place of none, of one that is over, and of a short one', () => {
    expect(givesWay(null, OTHER, LAPTOP)).toBe(true);
    expect(givesWay(recordOf(quick, going), OTHER, LAPTOP)).toBe(true);
    expect(givesWay(recordOf(notebook, { phase: 'stopped', step: 10 }), OTHER, LAPTOP)).toBe(true);
  });

  it('never takes the place of a long one that goes on, of a paused one, of one that lost its trainer, or of the same', () => {
    expect(givesWay(recordOf(notebook, { phase: 'orphaned', step: 10, message: '' }), OTHER, LAPTOP)).toBe(false);
    expect(givesWay(recordOf(notebook, going), OTHER, LAPTOP)).toBe(false);
    expect(givesWay(recordOf(quick, paused), OTHER, LAPTOP)).toBe(false);
    expect(givesWay(recordOf(quick, going), specHash(quick), LAPTOP)).toBe(false);
  });
});
