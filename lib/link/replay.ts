/**
 * A finished run once more, on an engine that gives the same bits on every machine, so that the link of it can be verified bit for
 * bit. Two engines part after some hundred steps, so it may find another of the minima: it is this run that the link then holds.
 */
import { refuse, type Result } from '#lib/base/result';
import { revisionOf, trainedRevision } from '#lib/engine/revision';
import type { Trainer, TrainerHost } from '#lib/engine/trainer';
import { workOf } from '#lib/engine/work';
import type { EngineName, MetricsEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import { applyToRecord, keepMetrics, type RunRecord } from '#lib/runs/record';
import type { RunSpec } from '#lib/spec/spec';
import { LINK_LIMITS } from './limits.ts';

export interface ReplayedRun {
  readonly record: RunRecord;
  readonly metrics: readonly MetricsEvent[];
  /** The kept ones, with all instances, ascending; of a sweep those that a room would keep. */
  readonly frames: readonly Frame[];
}

/** Anybody who trains it again gets the same bits: its engine is portable and of this program's arithmetic, and no other went on with it. */
export const isPortable = ({ engine, lease, spec }: Pick<RunRecord, 'engine' | 'lease' | 'spec'>): boolean =>
  engine !== null && lease === 1 && isPresent(engine, spec);

function isPresent(engine: EngineName, spec: RunSpec): boolean {
  const revision = trainedRevision(engine, spec);
  return revision !== null && revision === revisionOf(engine.name, spec);
}

/** A sentence for people why it is not trained again; undefined: it can be. */
export function whyNotReplayed({ spec, source }: Pick<RunRecord, 'spec' | 'source'>): string | undefined {
  if (source !== null) return 'It began with another run’s weights, which only that run’s room has.';
  if (workOf(spec) > LINK_LIMITS.replay) return 'It is too long to be trained once more here.';
  return undefined;
}

/** `trainer`: a portable one, which gives a sweep's frames as they are published (`withSweepFrames`). Its host says when to stop. */
export async function replayRun(
  run: RunRecord,
  trainer: Trainer,
  host: Omit<TrainerHost, 'from' | 'amendments'>,
  progress: (step: number) => void,
): Promise<Result<ReplayedRun>> {
  const why = whyNotReplayed(run);
  if (why !== undefined) return refuse('limit', why, 'run');
  const frames: Frame[] = [];
  let metrics: readonly MetricsEvent[] = [];
  let record: RunRecord = { ...run, lease: 1, handOver: null, engine: null, status: { phase: 'starting', step: 0 } };
  for await (const event of trainer.train(run.spec, { ...host, amendments: run.amendments })) {
    // What was changed on the way stands in the record already.
    if (event.type !== 'amended') record = applyToRecord(record, event);
    if (event.type === 'metrics') {
      metrics = keepMetrics(metrics, event);
      progress(event.step);
    }
    if (event.type === 'frame' && event.frame.kept)
      frames.push({ ...event.frame, run: run.id, lease: 1, seq: frames.length });
    if (event.type === 'failed') return refuse('unavailable', `Training it again failed: ${event.message}`, 'run');
  }
  return record.status.phase === 'finished'
    ? { ok: true, value: { record, metrics, frames } }
    : refuse('conflict', 'It was stopped before its end.', 'run');
}
