/** A run with everything that is kept of it. */
import type { MetricsEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import type { RunRecord } from '#lib/runs/record';

export interface WholeRun {
  readonly record: RunRecord;
  readonly metrics: readonly MetricsEvent[];
  /** With all instances, ascending. */
  readonly frames: readonly Frame[];
}
