import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { uploadedBatches } from './batches.ts';
import { hashedBatches, type Int32Operations } from './hashed-batches.ts';
import type { Tensor } from './tf.ts';

/** One by one in JavaScript, in tensors of rank 3 whose extents are equal or 1. */
function elementwise(operation: (a: number, b: number) => number): (a: Tensor, b: Tensor) => Tensor {
  return (a, b) => {
    const shape = tf.broadcastTo(a, tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape)).shape;
    const [left, right] = [a, b].map((each) => tf.broadcastTo(each, shape).dataSync<'int32'>());
    return tf.tensor(
      Int32Array.from(left ?? [], (value, i) => operation(value, right?.[i] ?? 0)),
      shape,
      'int32',
    );
  };
}

const operations: Int32Operations = {
  add: elementwise((a, b) => (a + b) | 0),
  multiply: elementwise(Math.imul),
  xor: elementwise((a, b) => a ^ b),
  and: elementwise((a, b) => a & b),
  shiftRight: elementwise((a, b) => a >> b),
};

const specOf = (parameters: Partial<Parameters>): RunSpec =>
  resolve({ ...DEFAULT_PARAMETERS, densities: 3, replicas: 2, batch: 33, densityTo: 0.001, ...parameters });

test.each([
  {},
  { relativeDensityFrom: 4, relativeDensityTo: 4, relativeDensities: 1 },
  { n: 7, m: 3, seed: 0xffffffff },
  { densityFrom: 0.3, densities: 1 },
])('the bits of lib/model/data, of batches and of the evaluation: %o', (parameters) => {
  const spec = specOf(parameters);
  const drawn = hashedBatches(operations)(tf, spec);
  const uploaded = uploadedBatches(tf, spec);
  for (const step of [0, 1, 199_999]) expect(drawn.batch(step).dataSync()).toEqual(uploaded.batch(step).dataSync());
  const block = { cell: parameters.densities === 1 ? 0 : 1, cells: 1, first: 1_024, count: 300 };
  expect(drawn.evaluation(block).dataSync()).toEqual(uploaded.evaluation(block).dataSync());
});
