/** A run as the room's server knows it: what everybody sees in words, and what a late-comer is told first. */
import { unreachable } from '#lib/base/assert';
import type { PersonId, RoomId, RunId } from '#lib/base/id';
import { amendAll, type Amendment } from '#lib/spec/change';
import { specHash } from '#lib/spec/hash';
import type { RunSpec } from '#lib/spec/spec';
import type { EngineName, MetricsEvent, RunEvent } from './events.ts';

/** Where a run is trained: in a participant's browser, or by the server. */
export type RunPlace = 'browser' | 'server';

export interface RunRecord {
  readonly id: RunId;
  readonly room: RoomId;
  /** Key of the experiment in `lib/experiments`. */
  readonly experiment: string;
  readonly spec: RunSpec;
  readonly specHash: string;
  /** What was changed while it trained, ascending by step. With the spec they are all that decides its numbers. */
  readonly amendments: readonly Amendment[];
  /** Of the spec with all amendments. */
  readonly presentHash: string;
  /** Whose weights it began with; null: with those of its spec's seed. */
  readonly source: Source | null;
  readonly startedBy: Named;
  /** Server's clock, ms since 1970: the origin of the showing that everyone sees together. */
  readonly startedAt: number;
  readonly place: RunPlace;
  /** Whose browser trains it, or trained it last; null: the server. */
  readonly trainer: Named | null;
  /** Which claim on the run this is: 1 at its start, one more with every hand-over. Steps go back only where it grows. */
  readonly lease: number;
  /** The last hand-over, in a sentence for people; null: there was none. */
  readonly handOver: string | null;
  readonly engine: EngineName | null;
  /** The server's engine that was asked for by name: it is the one that trains here, and no other takes its place. */
  readonly asked?: string;
  readonly status: RunStatus;
}

export interface Named {
  readonly id: PersonId;
  readonly name: string;
}

/** A moment of another run: its weights, with an optimiser that begins anew. */
export interface Source {
  readonly run: RunId;
  readonly step: number;
}

/** What a run is doing. Whether the parameters have moved on since (stale) is another question: see `isStale`. */
export type RunStatus =
  /** On a busy server it waits for its turn, from the beginning or again. */
  | { readonly phase: 'starting'; readonly step: number; readonly waiting?: Waiting }
  | { readonly phase: 'running'; readonly step: number }
  | { readonly phase: 'paused'; readonly step: number }
  /** Its trainer is gone: it can go on from its last checkpoint, wherever someone wants it to. */
  | { readonly phase: 'orphaned'; readonly step: number; readonly message: string }
  | {
      readonly phase: 'finished';
      readonly step: number;
      readonly seconds: number;
      readonly evaluationLoss: readonly number[];
      readonly weightsHash: string;
    }
  | { readonly phase: 'stopped'; readonly step: number }
  | { readonly phase: 'failed'; readonly step: number; readonly message: string };

/** A place in the server's queue. */
export interface Waiting {
  /** 1: it is the next. */
  readonly place: number;
  readonly of: number;
  /** Until it trains, at most. */
  readonly seconds: number;
}

/** It came with a link: who trained it, where and how fast is not known here. */
export const isOfLink = ({ startedBy }: Pick<RunRecord, 'startedBy'>): boolean => startedBy.name === '';

/** Someone trains it, or holds it still. */
export const isActive = (status: RunStatus): boolean =>
  status.phase === 'starting' || status.phase === 'running' || status.phase === 'paused';

/** True when the spec that the parameters now mean is another than the run's, as it was last amended. */
export const isStale = (record: Pick<RunRecord, 'presentHash'>, currentSpecHash: string): boolean =>
  record.presentHash !== currentSpecHash;

/** The spec with everything that was changed since. */
export const presentSpec = ({ spec, amendments }: Pick<RunRecord, 'spec' | 'amendments'>): RunSpec =>
  amendAll(spec, amendments);

/** The record after one event of its run. An event after the end changes nothing: the end is final. */
export function applyToRecord(record: RunRecord, event: RunEvent): RunRecord {
  if (!isActive(record.status)) return record;
  switch (event.type) {
    case 'started':
      return { ...record, engine: event.engine, status: { phase: 'running', step: record.status.step } };
    case 'metrics':
      return { ...record, status: { ...record.status, step: event.step } };
    case 'paused':
      return { ...record, status: { phase: 'paused', step: event.step } };
    case 'resumed':
      return { ...record, status: { phase: 'running', step: event.step } };
    case 'amended':
      return amended(record, { step: event.step, change: event.change });
    case 'finished': {
      const { step, seconds, evaluationLoss, weightsHash } = event;
      return { ...record, status: { phase: 'finished', step, seconds, evaluationLoss, weightsHash } };
    }
    case 'stopped':
      return { ...record, status: { phase: 'stopped', step: event.step } };
    case 'failed':
      return { ...record, status: { phase: 'failed', step: event.step, message: event.message } };
    case 'frame':
    case 'checkpoint':
      return record;
    default:
      return unreachable(event);
  }
}

/**
 * After a hand-over a change may come at a step before those of others, which are made again. One that is told twice, as its
 * answer was lost, was made once.
 */
function amended(record: RunRecord, amendment: Amendment): RunRecord {
  if (record.amendments.some((held) => JSON.stringify(held) === JSON.stringify(amendment))) return record;
  const amendments = [...record.amendments, amendment].sort((a, b) => a.step - b.step);
  return { ...record, amendments, presentHash: specHash(amendAll(record.spec, amendments)) };
}

/** The record of a run whose trainer is gone; `message` says who and where. */
export const orphan = (record: RunRecord, message: string): RunRecord =>
  isActive(record.status) ? { ...record, status: { phase: 'orphaned', step: record.status.step, message } } : record;

/** The record of a run that waits for its turn. */
export const inLine = (record: RunRecord, waiting: Waiting): RunRecord =>
  isActive(record.status) ? { ...record, status: { phase: 'starting', step: record.status.step, waiting } } : record;

/** The record of a run whose trainer is back before anyone went on without it. */
export const reclaim = (record: RunRecord, phase: 'running' | 'paused'): RunRecord =>
  record.status.phase === 'orphaned' ? { ...record, status: { phase, step: record.status.step } } : record;

/** Who goes on with a run, from which step, and what people are told of it. */
export interface HandOver extends Pick<RunRecord, 'place' | 'trainer'> {
  readonly step: number;
  /** null: there is nothing to tell. */
  readonly words: string | null;
}

/** The record of a run that another goes on with. */
export const handOver = (record: RunRecord, { place, trainer, step, words }: HandOver): RunRecord => ({
  ...record,
  place,
  trainer,
  lease: record.lease + 1,
  handOver: words ?? record.handOver,
  status: { phase: 'starting', step },
});

/** Points of the loss curve kept of a run; past it every second one is dropped, never the newest. */
export const METRICS_POINTS = 512;

export function keepMetrics(history: readonly MetricsEvent[], event: MetricsEvent): readonly MetricsEvent[] {
  const longer = [...history.filter((held) => held.step < event.step), event];
  return longer.length <= METRICS_POINTS ? longer : longer.filter((_, i) => i % 2 === 0 || i === longer.length - 1);
}
