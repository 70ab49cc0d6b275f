/** What the server and a training process tell each other, over Node's channel with its advanced serialisation. */
import type { Checkpoint, EngineName, EngineOffer, RunEvent } from '#lib/runs/events';
import type { Amendment, SpecChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';

export type ToChild =
  | {
      readonly type: 'run';
      readonly spec: RunSpec;
      readonly target?: number;
      readonly from?: Checkpoint;
      readonly amendments?: readonly Amendment[];
      readonly engine?: string;
    }
  | { readonly type: 'amend'; readonly change: SpecChange }
  | { readonly type: 'target'; readonly target: number | 'stop' };

/**
 * `ready` once, with the engine that takes most runs; `offers` when it is known which can be asked for by name; `paced` where its pace is known, in vector instructions a second. `ended` is a run's last event, said when everything of it has been let go: the
 * process can take another. `alive` every `HEARTBEAT_MS`, while its loop turns.
 */
export type FromChild =
  | { readonly type: 'ready'; readonly engine: EngineName }
  | { readonly type: 'offers'; readonly offers: readonly EngineOffer[] }
  | { readonly type: 'paced'; readonly workPerSecond: number }
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'ended'; readonly event: RunEvent }
  | { readonly type: 'alive' };

export const HEARTBEAT_MS = 1_000;
