/**
 * A run's numbers as the shaders hold them: a row of weights is W_i [m], or W1_i and W2_i, then b_i; a moment is a pair (first,
 * second).
 */
import { at } from '#lib/base/matrix';
import { densityCode, evaluationRoots, trainingRoots, type Distribution } from '#lib/model/data';
import { weightNames, type ToyModel } from '#lib/model/toy';
import { cellOf, importances, instanceCount, originOf } from '#lib/spec/cells';
import { batchSize, distributionOf, evaluationDistribution, EVALUATION_SAMPLES } from '#lib/spec/samples';
import type { RunSpec } from '#lib/spec/spec';
import { emptyState, heldBy, weightsOf, type TrainingState, type Weights } from '../../checkpoint.ts';

/** Where a row of weights has what: of a tied model one row encodes and decodes. */
export interface RowLayout {
  /** First number of E_i [m], and of D_i [m]; b_i follows D_i, and is the last. */
  readonly encoder: number;
  readonly decoder: number;
  readonly length: number;
}

export const rowLayout = ({ kind, m }: ToyModel): RowLayout =>
  kind === 'tied' ? { encoder: 0, decoder: 0, length: m + 1 } : { encoder: 0, decoder: m, length: 2 * m + 1 };

/** Tensors of so many rows each → their i-th rows one after the other. */
export function joinRows(tensors: readonly Float32Array[], rows: number): Float32Array<ArrayBuffer> {
  const length = tensors.reduce((sum, tensor) => sum + tensor.length / rows, 0);
  const joined = new Float32Array(rows * length);
  let column = 0;
  for (const tensor of tensors) {
    const width = tensor.length / rows;
    for (let row = 0; row < rows; row++)
      joined.set(tensor.subarray(row * width, (row + 1) * width), row * length + column);
    column += width;
  }
  return joined;
}

/** The way back, into the tensors that are given. */
export function splitRows(joined: Float32Array, tensors: readonly Float32Array[], rows: number): void {
  const length = joined.length / rows;
  let column = 0;
  for (const tensor of tensors) {
    const width = tensor.length / rows;
    for (let row = 0; row < rows; row++) {
      const start = row * length + column;
      tensor.set(joined.subarray(start, start + width), row * width);
    }
    column += width;
  }
}

/** I · n */
const rowsOf = (spec: RunSpec): number => instanceCount(spec) * spec.model.n;

/** The weights, or a moment of each, in the order of a row. */
const tensorsOf = (spec: RunSpec, state: TrainingState, moment: '' | '.m' | '.v'): readonly Float32Array[] =>
  weightNames(spec.model).map((name) => heldBy(state, `${name}${moment}`));

/** → [I, n, row] */
export const joinWeights = (spec: RunSpec, state: TrainingState): Float32Array<ArrayBuffer> =>
  joinRows(tensorsOf(spec, state, ''), rowsOf(spec));

/** → [I, n, row, 2] */
export function joinMoments(spec: RunSpec, state: TrainingState): Float32Array<ArrayBuffer> {
  const first = joinRows(tensorsOf(spec, state, '.m'), rowsOf(spec));
  const second = joinRows(tensorsOf(spec, state, '.v'), rowsOf(spec));
  const pairs = new Float32Array(2 * first.length);
  for (let i = 0; i < first.length; i++) {
    pairs[2 * i] = at(first, i);
    pairs[2 * i + 1] = at(second, i);
  }
  return pairs;
}

export function toWeights(spec: RunSpec, joined: Float32Array): Weights {
  const state = emptyState(spec);
  splitRows(joined, tensorsOf(spec, state, ''), rowsOf(spec));
  return weightsOf(state);
}

/** Rows of weights, and pairs of moments → the state. */
export function toTrainingState(spec: RunSpec, joined: Float32Array, pairs: Float32Array): TrainingState {
  const state = emptyState(spec);
  const rows = rowsOf(spec);
  const every = (second: 0 | 1): Float32Array => joined.map((_, i) => at(pairs, 2 * i + second));
  splitRows(joined, tensorsOf(spec, state, ''), rows);
  splitRows(every(0), tensorsOf(spec, state, '.m'), rows);
  splitRows(every(1), tensorsOf(spec, state, '.v'), rows);
  return state;
}

/** uint32 numbers of `struct Instance` in data.ts */
const INSTANCE_NUMBERS = 11;

/** [I] `struct Instance`, of the training data or of the evaluation samples. */
export function instanceCodes(spec: RunSpec, stream: 'data' | 'evaluation'): ArrayBuffer {
  const instances = instanceCount(spec);
  const words = new Uint32Array(instances * INSTANCE_NUMBERS);
  const numbers = new Float32Array(words.buffer);
  for (let instance = 0; instance < instances; instance++) {
    const cell = cellOf(spec, instance);
    const training = stream === 'data';
    const distribution = training ? distributionOf(spec, cell) : evaluationDistribution(spec, cell);
    const { data, group, member, sign } = training ? trainingRoots(originOf(spec, instance)) : evaluationRoots();
    const count = training ? batchSize(spec, instance) : EVALUATION_SAMPLES;
    const examples = distribution.kind === 'finite' ? distribution.examples : 1;
    const offset = instance * INSTANCE_NUMBERS;
    words.set([data, group, member, sign], offset);
    writeCode(distribution, distribution.density[1] ?? 0, offset + 4);
    writeCode(distribution, at(distribution.density, 0), offset + 6);
    words.set([count, examples], offset + 8);
    numbers[offset + 10] = 2 / (count * spec.model.n);
  }
  return words.buffer;

  /** Of a set, the group's draw says whether it is active, and the values are uniform. */
  function writeCode({ kind }: Distribution, density: number, offset: number): void {
    const { threshold, scale } = densityCode(density);
    const inSets = kind === 'correlated' || kind === 'anticorrelated';
    // No threshold means never: the one draw that is still let through is worth nothing.
    words[offset] = Math.max(0, threshold - 1);
    numbers[offset + 1] = threshold === 0 ? 0 : inSets ? UNIT_SCALE : scale;
  }
}

/** 24 bits → [0, 1) */
const UNIT_SCALE = 1 / 0x1000000;

/** [I, n] */
export function importanceRows(spec: RunSpec): Float32Array<ArrayBuffer> {
  const { n } = spec.model;
  const rows = new Float32Array(instanceCount(spec) * n);
  for (let instance = 0; instance < instanceCount(spec); instance++)
    rows.set(importances(spec, cellOf(spec, instance)), instance * n);
  return rows;
}
