/**
 * The interface of every engine. An engine trains all instances of a spec side by side and says what happens as it goes; it
 * knows no room, no socket and no clock but the host's.
 */
import type { Checkpoint, EngineName, RunEvent } from '#lib/runs/events';
import type { Amendment, SpecChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';

export interface Trainer {
  readonly engine: EngineName;
  /** Why it cannot train this spec, or undefined when it can. */
  refuses(spec: RunSpec): string | undefined;
  /**
   * Emits `started`, then frames, metrics and checkpoints in order of step, and at the end exactly one of finished, stopped or
   * failed. Frames carry the weights, by the names and shapes of `lib/engine/checkpoint`; those of `keptSteps(spec.steps)` are marked kept. Ends early, after
   * `stopped`, when the host says so; the consumer may also simply stop iterating.
   */
  train(spec: RunSpec, host: TrainerHost): AsyncIterable<RunEvent>;
}

/** What an engine asks of whoever runs it. */
export interface TrainerHost {
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  /** Training may go on up to this step; 'stop' ends the run. A step already passed means pause, a number one ahead means "one step". */
  readonly target: () => number | 'stop';
  /** Resolves when `target` next changes, or a change is asked for. */
  readonly targetChanged: () => Promise<void>;
  /** Lets the host's other work in between; awaited between chunks of about 20 ms. A resolved promise does not do: timers and sockets wait. */
  readonly breathe: () => Promise<void>;
  /** Changes of the spec that those who trained before have made, ascending: each is made again at its step. */
  readonly amendments?: readonly Amendment[];
  /** The next change that is asked for now, each once: it is made at the step reached, and told as `amended`. */
  readonly nextChange?: () => SpecChange | undefined;
  /** Where to go on from; without it, step 0 with `initialCheckpoint(spec)`. */
  readonly from?: Checkpoint;
}

/** Time between two frames that are not kept, ms: 20 frames a second glide. */
export const FRAME_INTERVAL_MS = 50;
/** Time between two metrics events, ms; each kept frame has one besides, so that a loss curve is log-spaced too. */
export const METRICS_INTERVAL_MS = 100;
/** Time between two checkpoints, ms: with the way to the disk, a hand-over repeats at most two seconds of training. */
export const CHECKPOINT_INTERVAL_MS = 1_500;
