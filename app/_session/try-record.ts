/** The record of what somebody tries alone: of the browser that trains it, and of no room's. */
import type { RunRecord } from '#lib/runs/record';
import { specHash } from '#lib/spec/hash';

type Told = Pick<RunRecord, 'id' | 'room' | 'experiment' | 'spec' | 'startedBy' | 'startedAt' | 'status'>;

export function tryRecord(told: Told): RunRecord {
  const hash = specHash(told.spec);
  return {
    ...told,
    specHash: hash,
    amendments: [],
    presentHash: hash,
    source: null,
    place: 'browser',
    trainer: told.startedBy,
    lease: 1,
    handOver: null,
    engine: null,
  };
}
