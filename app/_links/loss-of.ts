/** What the loss curve is drawn of. */
import type { MetricsEvent } from '#lib/runs/events';

export interface LossOf {
  readonly points: readonly MetricsEvent[];
  /** [cells] p = 1 − S */
  readonly densities: readonly number[];
  readonly chosen: number;
  readonly steps: number;
  readonly shown: number;
}
