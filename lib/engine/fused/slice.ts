/** Training of the instances [from, to) of a run, in one thread. */
import type { Numbers } from '#lib/base/matrix';
import type { RunSpec } from '#lib/spec/spec';
import type { TrainingState } from '../checkpoint.ts';

export interface SliceOptions {
  readonly spec: RunSpec;
  /** Instances [from, to). */
  readonly from: number;
  readonly to: number;
  /** Steps that `state` has behind it. */
  readonly step: number;
  /** Of these instances alone; the slice's own from now on. */
  readonly state: TrainingState;
  /** Fused multiply-adds: faster, and other bits on other machines. */
  readonly relaxed: boolean;
}

export interface Slice {
  /** Of the step reached; overwritten by the next. */
  state(): TrainingState;
  /** Trains up to `step` → [to − from] minibatch loss of the last step, before its update. */
  advance(step: number): Numbers;
  /** [to − from] loss on the evaluation samples. */
  evaluate(): Numbers;
}
