/**
 * The batches of a run drawn on the device, from 32-bit integer operations that wrap as uint32 does. tfjs knows int32 alone:
 * multiplication, addition and xor have the same bits in both, a logical shift is an arithmetic one and a mask, and a
 * comparison is one of the numbers with their top bit turned.
 */
import { HASH } from '#lib/base/random';
import { densityCode, type DensityCode } from '#lib/model/data';
import { cellOf, densities, instanceCount } from '#lib/spec/cells';
import type { RunSpec } from '#lib/spec/spec';
import {
  EVALUATION_KEY,
  keysAt,
  uploadedBatches,
  type Batches,
  type EvaluationBlock,
  type OpenBatches,
} from './batches.ts';
import type { Tensor, Tensor3D, Tf } from './tf.ts';

/** On int32 tensors of any shapes that broadcast; what overflows wraps. */
export interface Int32Operations {
  readonly add: (a: Tensor, b: Tensor) => Tensor;
  readonly multiply: (a: Tensor, b: Tensor) => Tensor;
  readonly xor: (a: Tensor, b: Tensor) => Tensor;
  readonly and: (a: Tensor, b: Tensor) => Tensor;
  /** Arithmetic. */
  readonly shiftRight: (a: Tensor, b: Tensor) => Tensor;
}

const TOP_BIT = 0x80000000 | 0;

/** Independent features; others hang together by draws of their own, and are drawn in JavaScript. */
export const hashedBatches =
  (operations: Int32Operations): OpenBatches =>
  (tf, spec) =>
    spec.data.kind === 'independent' ? openHashed(tf, spec, operations) : uploadedBatches(tf, spec);

function openHashed(tf: Tf, spec: RunSpec, { add, multiply, xor, and, shiftRight }: Int32Operations): Batches {
  const { replicas } = spec;
  const { n } = spec.model;
  const instances = instanceCount(spec);
  const codes = Array.from({ length: instances }, (_, instance) =>
    Array.from(densities(spec, cellOf(spec, instance)), densityCode),
  ).flat();

  const int = (values: readonly number[]): Int32Array => Int32Array.from(values, (value) => value | 0);
  const scalar = (value: number): Tensor => tf.scalar(value | 0, 'int32');

  const last = tf.tensor3d(int(codes.map((code) => lastActive(code) ^ TOP_BIT)), [instances, 1, n], 'int32');
  const scale = tf.tensor3d(Float32Array.from(codes, scaleOf), [instances, 1, n]);
  const index = tf.tensor3d(counting(0, spec.batch * n), [1, spec.batch, n], 'int32');
  const constants = {
    top: scalar(TOP_BIT),
    byte: scalar(8),
    value: scalar(0xffffff),
    shifts: HASH.shifts.map((_, i) => [scalar(HASH.shifts[i] ?? 0), scalar(0xffffffff >>> (HASH.shifts[i] ?? 0))]),
    multipliers: HASH.multipliers.map(scalar),
  };

  /** x ^ (x >>> shift) */
  function fold(x: Tensor, round: number): Tensor {
    const [shift, mask] = constants.shifts[round] as [Tensor, Tensor];
    return xor(x, and(shiftRight(x, shift), mask));
  }

  /** lib/base/random's mix */
  function mix(x: Tensor): Tensor {
    const rounds = constants.multipliers.reduce(
      (state, multiplier, round) => multiply(fold(state, round), multiplier),
      x,
    );
    return fold(rounds, constants.shifts.length - 1);
  }

  /** Draws `counters` → x, as featureValue has it. */
  function features(counters: Tensor, lastBits: Tensor, scales: Tensor): Tensor3D {
    const bits = mix(counters);
    const value = tf.mul(tf.cast(and(shiftRight(bits, constants.byte), constants.value), 'float32'), scales);
    const active = tf.lessEqual(xor(bits, constants.top), lastBits);
    return tf.mul(value, tf.cast(active, 'float32'));
  }

  function batch(step: number): Tensor3D {
    return tf.tidy(() => {
      const keys = tf.tensor3d(int(keysAt(spec, 'data', step)), [instances, 1, 1], 'int32');
      return features(add(index, keys), last, scale);
    });
  }

  function evaluation({ cell, cells, first, count }: EvaluationBlock): Tensor3D {
    return tf.tidy(() => {
      const counters = tf.tensor3d(counting(EVALUATION_KEY + first * n, count * n), [1, count, n], 'int32');
      const rows = (of: Tensor3D): Tensor =>
        tf.stridedSlice(of, [cell * replicas, 0, 0], [(cell + cells) * replicas, 1, n], [replicas, 1, 1]);
      return features(counters, rows(last), rows(scale));
    });
  }

  return {
    batch,
    evaluation,
    dispose: () => tf.dispose([last, scale, index, ...Object.values(constants)].flat(2)),
  };
}

/** Bits up to this one are active, as an int32: a threshold of 2^32 is no uint32. A threshold of 0 has values of 0 instead. */
export const lastActive = ({ threshold }: DensityCode): number => (Math.max(1, threshold) - 1) | 0;

/** What the top 24 bits of a draw are multiplied by. */
export const scaleOf = ({ threshold, scale }: DensityCode): number => (threshold === 0 ? 0 : scale);

/** first, first + 1, … as int32 [count] */
function counting(first: number, count: number): Int32Array {
  const counters = new Int32Array(count);
  for (let i = 0; i < count; i++) counters[i] = (first + i) | 0;
  return counters;
}
