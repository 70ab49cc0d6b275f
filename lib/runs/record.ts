/** A run as the room's server knows it: what everybody sees in words, and what a late-comer is told first. */
import { unreachable } from '#lib/base/assert';
import type { PersonId, RoomId, RunId } from '#lib/base/id';
import type { RunSpec } from '#lib/spec/spec';
import type { EngineName, MetricsEvent, RunEvent } from './events.ts';

/** Where a run is trained: in the browser of whoever pressed Run, or by the server. */
export type RunPlace = 'browser' | 'server';

export interface RunRecord {
  readonly id: RunId;
  readonly room: RoomId;
  /** Key of the experiment in `lib/experiments`. */
  readonly experiment: string;
  readonly spec: RunSpec;
  readonly specHash: string;
  readonly place: RunPlace;
  readonly startedBy: { readonly id: PersonId; readonly name: string };
  /** Server's clock, ms since 1970: the origin of the showing that everyone sees together. */
  readonly startedAt: number;
  readonly engine: EngineName | null;
  readonly status: RunStatus;
}

/** What a run is doing. Whether the parameters have moved on since (stale) is another question: see `isStale`. */
export type RunStatus =
  | { readonly phase: 'starting'; readonly step: number }
  | { readonly phase: 'running'; readonly step: number }
  | { readonly phase: 'paused'; readonly step: number }
  | {
      readonly phase: 'finished';
      readonly step: number;
      readonly seconds: number;
      readonly evaluationLoss: readonly number[];
      readonly weightsHash: string;
    }
  | { readonly phase: 'stopped'; readonly step: number }
  | { readonly phase: 'failed'; readonly step: number; readonly message: string };

export const isActive = (status: RunStatus): boolean =>
  status.phase === 'starting' || status.phase === 'running' || status.phase === 'paused';

/** True when the spec that the parameters now mean is another than the run's. */
export const isStale = (record: RunRecord, currentSpecHash: string): boolean => record.specHash !== currentSpecHash;

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

/** Points of the loss curve kept of a run; past it every second one is dropped, never the newest. */
export const METRICS_POINTS = 512;

export function keepMetrics(history: readonly MetricsEvent[], event: MetricsEvent): readonly MetricsEvent[] {
  const longer = [...history.filter((held) => held.step < event.step), event];
  return longer.length <= METRICS_POINTS ? longer : longer.filter((_, i) => i % 2 === 0 || i === longer.length - 1);
}
