/** A run's numbers as the shaders hold them: a row of weights is W_i [m], then b_i; a moment is a pair (first, second). */
import { at } from '#lib/base/matrix';
import { streamRoot } from '#lib/base/random';
import { densityCode } from '#lib/model/data';
import { cellOf, cellParameters, importances, instanceCount, originOf } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import { emptyState, heldBy, type TrainingState, type Weights } from '../../checkpoint.ts';

/** uint32 numbers of `struct Instance` */
export const INSTANCE_NUMBERS = 4;

/** W [I, n, m] and b [I, n] → [I, n, m + 1] */
export function joinRows(W: Float32Array, b: Float32Array, m: number): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(W.length + b.length);
  for (let row = 0; row < b.length; row++) {
    rows.set(W.subarray(row * m, (row + 1) * m), row * (m + 1));
    rows[row * (m + 1) + m] = at(b, row);
  }
  return rows;
}

/** [I, n, m + 1] → W and b, into what is given. */
export function splitRows(rows: Float32Array, m: number, W: Float32Array, b: Float32Array): void {
  for (let row = 0; row < b.length; row++) {
    W.set(rows.subarray(row * (m + 1), row * (m + 1) + m), row * m);
    b[row] = at(rows, row * (m + 1) + m);
  }
}

/** → [I, n, m + 1, 2] */
export function joinMoments(state: TrainingState, m: number): Float32Array<ArrayBuffer> {
  const first = joinRows(heldBy(state, 'W.m'), heldBy(state, 'b.m'), m);
  const second = joinRows(heldBy(state, 'W.v'), heldBy(state, 'b.v'), m);
  const pairs = new Float32Array(2 * first.length);
  for (let i = 0; i < first.length; i++) {
    pairs[2 * i] = at(first, i);
    pairs[2 * i + 1] = at(second, i);
  }
  return pairs;
}

export function toWeights(spec: RunSpec, rows: Float32Array): Weights {
  const state = emptyState(spec);
  const [W, b] = [heldBy(state, 'W'), heldBy(state, 'b')];
  splitRows(rows, spec.model.m, W, b);
  return { W, b };
}

/** Rows of weights, and pairs of moments → the state. */
export function toTrainingState(spec: RunSpec, rows: Float32Array, pairs: Float32Array): TrainingState {
  const state = emptyState(spec);
  const { m } = spec.model;
  splitRows(rows, m, heldBy(state, 'W'), heldBy(state, 'b'));
  splitRows(
    rows.map((_, i) => at(pairs, 2 * i)),
    m,
    heldBy(state, 'W.m'),
    heldBy(state, 'b.m'),
  );
  splitRows(
    rows.map((_, i) => at(pairs, 2 * i + 1)),
    m,
    heldBy(state, 'W.v'),
    heldBy(state, 'b.v'),
  );
  return state;
}

/** [I] `struct Instance`: the stream's key before its step is mixed in, and the density's code. */
export function instanceCodes(spec: RunSpec, stream: 'data' | 'evaluation'): ArrayBuffer {
  const instances = instanceCount(spec);
  const words = new Uint32Array(instances * INSTANCE_NUMBERS);
  const numbers = new Float32Array(words.buffer);
  const evaluation = { seed: 0, cell: 0, replica: 0 };
  for (let instance = 0; instance < instances; instance++) {
    const { density } = cellParameters(spec, cellOf(spec, instance));
    const { threshold, scale } = densityCode(density);
    const offset = instance * INSTANCE_NUMBERS;
    words[offset] = streamRoot(stream === 'data' ? originOf(spec, instance) : evaluation, stream);
    // No threshold means never: the one draw that is still let through is worth nothing.
    words[offset + 1] = Math.max(0, threshold - 1);
    numbers[offset + 2] = threshold === 0 ? 0 : scale;
  }
  return words.buffer;
}

/** [I, n] */
export function importanceRows(spec: RunSpec): Float32Array<ArrayBuffer> {
  const { n } = spec.model;
  const rows = new Float32Array(instanceCount(spec) * n);
  for (let instance = 0; instance < instanceCount(spec); instance++)
    rows.set(importances(spec, cellOf(spec, instance)), instance * n);
  return rows;
}
