/** Where the batch-lane kernel has what in its memory: byte offsets. */
import type { Shape } from '#lib/model/shape';
import { DRAW_CONSTANT_BYTES } from './batch-lane-draw.ts';
import { FLOAT, LANES, VECTOR } from './emit.ts';

/** bytes of x in a block: what is left of a first cache of 32 KB */
const BLOCK_BYTES = 24_576;
/** samples */
const LONGEST_BLOCK = 1_024;

/** Byte offsets in the kernel's memory. */
export interface BatchLaneLayout {
  /** 16 permutations of a vector's bytes: number k moves the lanes whose bit is set in k to the front. */
  readonly permutations: number;
  /** int32: `drawConstants`. */
  readonly constants: number;
  /** Lane-wise sums, vectors: dW [n, m], then db [n]. */
  readonly gradient: number;
  /** Lane-wise sum, one vector. */
  readonly loss: number;
  /** Stored x, n rows `stride` bytes apart: 24-bit integers, which `scale` turns into values. */
  readonly x: number;
  readonly stride: number;
  /** Samples in a block, a multiple of LANES. */
  readonly block: number;
  /** What `batch-lane-loops.ts` keeps. */
  readonly loops: number;
  /** Where models lie, from here on. */
  readonly models: number;
}

/** Byte offsets in a model: float32 W [n, m] at 0, b [n], importance [n]. */
export const modelLayout = ({ n, m }: Shape): Readonly<Record<'b' | 'importance' | 'size', number>> => ({
  b: n * m * FLOAT,
  importance: (n * m + n) * FLOAT,
  size: (n * m + 2 * n) * FLOAT,
});

export function batchLaneLayout({ n, m }: Shape): BatchLaneLayout {
  const after = (start: number, bytes: number): number => Math.ceil((start + bytes) / VECTOR) * VECTOR;
  const block = Math.min(LONGEST_BLOCK, Math.floor(BLOCK_BYTES / (n * VECTOR)) * LANES);
  // One vector to write past the block, and one more: rows 4 KB apart would compete for the same lines of the cache.
  const stride = block * FLOAT + 2 * VECTOR;
  const constants = after(0, (1 << LANES) * VECTOR);
  const gradient = after(constants, DRAW_CONSTANT_BYTES);
  const loss = after(gradient, (n * m + n) * VECTOR);
  const x = after(loss, VECTOR);
  const loops = after(x, n * stride);
  return {
    permutations: 0,
    constants,
    gradient,
    loss,
    x,
    stride,
    block,
    loops,
    models: loopsLayout({ n, m }, loops).end,
  };
}

/** Variables of the hidden layer that are summed at once: with an operand for each group and a weight, what 15 registers hold. */
export const ACCUMULATORS = 12;
const MOST_GROUPS = 4;

/** Of four samples, gone over together. */
const groupsAtOnce = (m: number): number => Math.max(1, Math.min(MOST_GROUPS, Math.floor(ACCUMULATORS / m)));

/** Where the loops keep what lies between them, from `start` on: rows of x and g of each group, then h and e. */
export function loopsLayout({ n, m }: Shape, start: number) {
  const groups = groupsAtOnce(m);
  const g = groups * VECTOR;
  const row = 2 * g;
  const h = start + n * row;
  const e = h + groups * m * VECTOR;
  return { groups, x: start, g: start + g, row, h, e, end: e + groups * m * VECTOR };
}
