/**
 * What is shown of a sweep (`lib/spec/tiles`): of each cell a few numbers, and of a small model its weights once it is trained, so that it
 * can be opened. Whoever publishes a sweep makes such a frame of each that its trainer gives, off the training thread.
 */
import { present } from '#lib/base/assert';
import { at, rowOf, type Numbers } from '#lib/base/matrix';
import { instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { holdsWeights, isSweep } from '#lib/spec/tiles';
import type { RunEvent, TrainedFrame } from './events.ts';
import type { Frame } from './frame.ts';
import type { Tensor } from './tensor-pack.ts';

/**
 * Of one replica of each cell, axis 0 counts cells: `norm` ‖W_i‖ and `superposition` [cells, n], `loss` on the evaluation samples and
 * `replica`, which it is, [cells], all float16. Until a tile is done, the first replica, and no loss (NaN); then the best, and of a
 * small model (`holdsWeights`) W and b, or W1, W2 and b, of the best besides, float32.
 */
export const SWEEP_TENSORS = ['norm', 'superposition', 'loss', 'replica'] as const;
type SweepTensor = (typeof SWEEP_TENSORS)[number];

/** In the last frame that a trainer gives of a tile: [instances] loss on the evaluation samples. */
export const TILE_LOSS = 'evaluationLoss';

/** `lib/measure`'s, of a matrix whose row i belongs to feature i. */
export interface SweepMeasures {
  readonly norms: (W: Numbers, shape: { n: number; m: number }) => Numbers;
  readonly superposition: (W: Numbers, shape: { n: number; m: number }) => Numbers;
}

export const isSweepFrame = ({ tensors }: Pick<Frame, 'tensors'>): boolean =>
  tensors.some(({ name }) => name === 'norm');

/** [cells, n] or [cells] */
export const sweepShape = ({ model }: RunSpec, cells: number, name: SweepTensor): readonly number[] =>
  name === 'norm' || name === 'superposition' ? [cells, model.n] : [cells];

/** A trainer's events, with frames as a sweep's are published; those of other runs as they are. */
export async function* withSweepFrames(
  spec: RunSpec,
  events: AsyncIterable<RunEvent>,
  measures: SweepMeasures,
): AsyncGenerator<RunEvent, void, void> {
  if (!isSweep(spec)) yield* events;
  else
    for await (const event of events)
      yield event.type === 'frame' ? { ...event, frame: summarise(spec, event.frame, measures) } : event;
}

/** A frame of a tile's weights (W, or an untied model's W1, of all its instances) → of its cells. */
export function summarise(spec: RunSpec, frame: TrainedFrame, measures: SweepMeasures): TrainedFrame {
  const { model, replicas } = spec;
  const of = (name: string): Tensor | undefined => frame.tensors.find((tensor) => tensor.name === name);
  const W = present(of(model.kind === 'tied' ? 'W' : 'W1'), 'the weights of a frame').data;
  const losses = of(TILE_LOSS)?.data;
  const size = model.n * model.m;
  const cells = W.length / (size * replicas);
  const numbers = (name: SweepTensor): Float32Array => new Float32Array(cells * (sweepShape(spec, 1, name)[1] ?? 1));
  const held = {
    norm: numbers('norm'),
    superposition: numbers('superposition'),
    loss: numbers('loss'),
    replica: numbers('replica'),
  };
  for (let cell = 0; cell < cells; cell++) {
    const replica = losses === undefined ? 0 : lowest(rowOf(losses, cell, replicas));
    const instance = cell * replicas + replica;
    const weights = rowOf(W, instance, size);
    held.norm.set(Float32Array.from(measures.norms(weights, model)), cell * model.n);
    held.superposition.set(Float32Array.from(measures.superposition(weights, model)), cell * model.n);
    held.loss[cell] = losses === undefined ? Number.NaN : at(losses, instance);
    held.replica[cell] = replica;
  }
  const measured = SWEEP_TENSORS.map((name): Tensor => ({
    name,
    shape: sweepShape(spec, cells, name),
    data: held[name],
    half: true,
  }));
  const weights = losses === undefined || !holdsWeights(spec) ? [] : frame.tensors.filter(isWeight);
  const best = weights.map((tensor) => ofReplicas(tensor, replicas, held.replica));
  return { ...frame, from: frame.from / replicas, tensors: [...measured, ...best] };
}

const isWeight = ({ name }: Tensor): boolean => name !== TILE_LOSS;

/** [instances, …] → [cells, …] of one replica of each cell. */
function ofReplicas({ name, shape, data }: Tensor, replicas: number, chosen: Float32Array): Tensor {
  const [instances = 0, ...rest] = shape;
  const size = data.length / instances;
  const kept = new Float32Array(chosen.length * size);
  chosen.forEach((replica, cell) => kept.set(rowOf(data, cell * replicas + replica, size), cell * size));
  return { name, shape: [chosen.length, ...rest], data: kept };
}

/** Index of the lowest; ties, and where none is a number, go to the first. */
function lowest(values: Numbers): number {
  let best = 0;
  for (let i = 1; i < values.length; i++)
    if (at(values, i) < at(values, best) || Number.isNaN(at(values, best))) best = i;
  return Number.isNaN(at(values, best)) ? 0 : best;
}

/** What is known of a sweep's cells: [cells, n] or [cells], NaN where nothing is yet. */
export type SweepMap = Readonly<Record<SweepTensor, Float32Array>> & {
  /** [cells] 1 where its tile is done. */
  readonly done: Uint8Array;
};

/** All frames in order, the later over the earlier. Those of another spec's cells, as they are at hand when the run changes, are passed over. */
export function sweepMap(spec: RunSpec, frames: readonly Pick<Frame, 'from' | 'kept' | 'tensors'>[]): SweepMap {
  const { n } = spec.model;
  const cells = instanceCount(spec) / spec.replicas;
  const unknown = (size: number): Float32Array => new Float32Array(cells * size).fill(Number.NaN);
  const map = {
    ...{ norm: unknown(n), superposition: unknown(n), loss: unknown(1), replica: unknown(1) },
    done: new Uint8Array(cells),
  };
  for (const { from, kept, tensors } of frames.filter((frame) => isOf(spec, cells, frame)))
    for (const { name, data } of tensors) {
      const tensor = SWEEP_TENSORS.find((known) => known === name);
      if (tensor === undefined) continue;
      const size = map[tensor].length / cells;
      map[tensor].set(data, from * size);
      if (kept) map.done.fill(1, from, from + data.length / size);
    }
  return map;
}

const isOf = (spec: RunSpec, cells: number, { from, tensors }: Pick<Frame, 'from' | 'tensors'>): boolean =>
  tensors.every(({ name, shape: [count = 0, ...rest] }) => {
    const known = SWEEP_TENSORS.find((tensor) => tensor === name);
    if (known === undefined) return true;
    return from + count <= cells && rest[0] === sweepShape(spec, count, known)[1];
  });

/** The best model of a cell, by the names of its tensors; undefined until its tile is done, and where a sweep keeps no weights. */
export function cellWeights(
  frames: readonly Pick<Frame, 'from' | 'kept' | 'tensors'>[],
  cell: number,
): ReadonlyMap<string, Numbers> | undefined {
  const frame = frames.find(({ from, kept, tensors }) => kept && cell >= from && cell < from + cellsOf(tensors));
  const weights = frame?.tensors.filter(({ name }) => !SWEEP_TENSORS.some((measured) => measured === name)) ?? [];
  if (frame === undefined || weights.length === 0) return undefined;
  return new Map(
    weights.map(({ name, data, shape }) => [name, rowOf(data, cell - frame.from, data.length / (shape[0] ?? 1))]),
  );
}

const cellsOf = (tensors: readonly Tensor[]): number => tensors[0]?.shape[0] ?? 0;
