/** What a run emits, in order, from whichever engine and machine trains it. */
import type { Amendment } from '#lib/spec/change';
import type { Frame } from './frame.ts';
import type { Tensor } from './tensor-pack.ts';

/** An engine that is asked for by name. */
export interface EngineOffer {
  readonly name: string;
  /** Why it cannot be had here, in a sentence; null: it can. */
  readonly missing: string | null;
}

export interface EngineName {
  /** With its variant: `reference`, `fused-wasm`, `fused-wasm+relaxed`, … Two variants may differ in the last bit. */
  readonly name: string;
  /** For people: "2 workers · WebAssembly SIMD" */
  readonly device: string;
  /** Which version of its arithmetic trained a run, where it is portable; none: the first; null: another engine began the run. */
  readonly revision?: number | null | undefined;
}

export type RunEvent =
  | { readonly type: 'started'; readonly engine: EngineName }
  | MetricsEvent
  | { readonly type: 'frame'; readonly frame: TrainedFrame }
  | { readonly type: 'checkpoint'; readonly checkpoint: Checkpoint }
  | { readonly type: 'paused'; readonly step: number }
  | { readonly type: 'resumed'; readonly step: number }
  /** The spec was changed, in force from this step on. */
  | ({ readonly type: 'amended' } & Amendment)
  | FinishedEvent
  | { readonly type: 'stopped'; readonly step: number }
  | { readonly type: 'failed'; readonly step: number; readonly message: string };

/** After it a run says nothing more. */
export const isLast = ({ type }: RunEvent): boolean => type === 'finished' || type === 'stopped' || type === 'failed';

export interface MetricsEvent {
  readonly type: 'metrics';
  /** Steps done. */
  readonly step: number;
  /** Seconds spent training, pauses not counted. */
  readonly seconds: number;
  readonly stepsPerSecond: number;
  /** [cells] training loss (the minibatch's, mean over features) of the step, mean over a cell's replicas. */
  readonly loss: readonly number[];
}

export interface FinishedEvent {
  readonly type: 'finished';
  readonly step: number;
  readonly seconds: number;
  /** [I] mean over features, on the fixed evaluation samples. */
  readonly evaluationLoss: readonly number[];
  /** Of the final checkpoint. */
  readonly weightsHash: string;
}

/** What a trainer knows of a frame; the publisher adds run, lease and seq. */
export type TrainedFrame = Pick<Frame, 'step' | 'from' | 'kept' | 'tensors'>;

/** Where a sweep stands in the tile that its checkpoint holds; `step` of the checkpoint is then that of the whole (`lib/spec/tiles`). */
export interface TilePlace {
  /** Steps that the tile's instances have behind them. */
  readonly step: number;
  /** Of the weights of all cells before the tile (`nextWeightsHash`); '' where there are none. */
  readonly hash: string;
}

/** Everything needed to go on from `step` on any engine: weights and Adam's two moments, [I, …] float32, and his step count. */
export interface Checkpoint {
  readonly step: number;
  /** Seconds spent training so far, by whoever trained. */
  readonly seconds: number;
  /** First instance held; 0 but in a sweep, whose checkpoint holds the tile that is being trained. */
  readonly from: number;
  /** Of a sweep alone. */
  readonly tile?: TilePlace;
  /** W [I, n, m], b [I, n], and for each its first and second moment: W.m, W.v, b.m, b.v. */
  readonly tensors: readonly Tensor[];
}
