/** A run's record as it begins, for tests that need one: whose it is, what it trains and how far it is they say themselves. */
import type { PersonId, RoomId, RunId } from '#lib/base/id';
import type { RunSpec } from '#lib/spec/spec';
import type { RunRecord } from './record.ts';

export const ADA = { id: 'p'.repeat(22) as PersonId, name: 'Ada' };

export const startingRecord = (spec: RunSpec, rest: Partial<RunRecord> = {}): RunRecord => ({
  id: 'r'.repeat(22) as RunId,
  room: 'm'.repeat(22) as RoomId,
  experiment: 'introduction',
  spec,
  specHash: '',
  amendments: [],
  presentHash: '',
  source: null,
  place: 'browser',
  startedBy: ADA,
  trainer: ADA,
  lease: 1,
  handOver: null,
  startedAt: 0,
  engine: null,
  status: { phase: 'starting', step: 0 },
  ...rest,
});
