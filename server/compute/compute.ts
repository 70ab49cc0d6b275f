/** Training on the server: one run, one process. What `server/runs` asks of it, whichever way it is carried out. */
import type { Checkpoint, EngineName, EngineOffer, RunEvent } from '#lib/runs/events';
import type { Amendment, SpecChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';

export interface Compute {
  /** What runs started here are expected to train on; each run's own `started` event says what it did take. */
  readonly engine: EngineName;
  /** Vector instructions a second (`lib/engine/work`) that one was seen to do; null where that is not known, or tells no run's time. */
  readonly pace: number | null;
  /** Engines that can be asked for by name, and why one cannot be had; none until that is known. */
  readonly offers: readonly EngineOffer[];
  /** Hears of them where they become known later, or change. */
  onOffers(hear: (offers: readonly EngineOffer[]) => void): void;
  /** Runs that it trains well at a time. */
  readonly slots: number;
  /**
   * Starts training at once. The listener hears the events of `Trainer.train` in order, never before `start` has returned;
   * the last one is finished, stopped or failed, unless the run was killed or lost. Throws nothing: what goes wrong in
   * training is a `failed` event with a sentence for people.
   */
  start(spec: RunSpec, listener: RunListener, options?: ComputeOptions): ComputeRun;
  /** Ends every run without a further event. Resolves when all processes are gone. */
  close(): Promise<void>;
}

export interface RunListener {
  readonly event: (event: RunEvent) => void;
  /**
   * What trained it broke: it ended, or was ended since it said nothing any more. `what` begins a sentence; `change` is one, and says
   * what to change where it breaks at the same place again. Nothing comes after.
   */
  readonly lost: (what: string, change?: string) => void;
}

export interface ComputeOptions {
  /** Train up to this step, then pause; without it, to the end. */
  readonly target?: number;
  /** Where to go on from; without it, step 0. */
  readonly from?: Checkpoint;
  /** What was changed by those who trained before. */
  readonly amendments?: readonly Amendment[];
  /** By name; what it cannot train fails, and no other engine takes its place. Without it, the fastest that can. */
  readonly engine?: string;
}

export interface ComputeRun {
  /** Training may go on up to this step; one that has passed pauses it, 'stop' ends it with a `stopped` event. */
  setTarget(target: number | 'stop'): void;
  /** Asks for a change of the spec, which an `amended` event tells of. */
  amend(change: SpecChange): void;
  /** Ends it now. No event comes after this call. */
  kill(): void;
}
