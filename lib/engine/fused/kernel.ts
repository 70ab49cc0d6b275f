/** The batch-lane module at work: its memory, and the samples given to it block by block. */
import { square } from '#lib/base/ieee';
import { at } from '#lib/base/matrix';
import { densityCode } from '#lib/model/data';
import {
  batchLaneLayout,
  batchLaneModule,
  FLOAT,
  isPacked,
  LANES,
  VECTOR,
  type BatchLaneExports,
  type Draw,
} from './batch-lane.ts';
import type { TiedModel } from '#lib/model/tied';
import { MEMORY_IMPORT } from './wasm/module.ts';

/** Samples `first` to `first + count` of a key's stream, whose features are independent and equally dense. */
export interface Batch {
  readonly key: number;
  readonly density: number;
  readonly first: number;
  readonly count: number;
}

/** W [n, m], b [n] */
export interface TiedGradient {
  readonly W: Float64Array;
  readonly b: Float64Array;
}

/** One instance, as it is loaded: W [n, m], b [n], importance [n]. */
export interface LoadedModel {
  readonly W: Float32Array;
  readonly b: Float32Array;
  readonly importance: Float64Array;
}

/** Works on one instance at a time: the one loaded last. */
export interface Kernel {
  load(model: LoadedModel): void;
  /** Gradient of the mean over samples and features of I_i (x'_i − x_i)². */
  gradient(samples: Batch, gradient: TiedGradient): void;
  /** That mean. */
  loss(samples: Batch): number;
}

/** bytes of a page of memory */
const PAGE = 65_536;
const ALL_LANES = (1 << LANES) - 1;

/** For models of this shape. Compiling takes 1 to 10 ms. */
export function createKernel(model: TiedModel): Kernel {
  const { n, m, output } = model;
  const layout = batchLaneLayout(model);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.size / PAGE) });
  const wasm = instantiate(model, memory);
  const floats = (offset: number, count: number): Float32Array => new Float32Array(memory.buffer, offset, count);

  const W = floats(layout.W, n * m);
  const b = floats(layout.b, n);
  const loadedImportance = floats(layout.importance, n);
  const gradientSums = floats(layout.gradient, (n * m + n) * LANES);
  const lossSum = floats(layout.loss, LANES);
  /** In float64, for the silent samples. */
  let importance: Float64Array = new Float64Array(n);
  new Uint8Array(memory.buffer, layout.permutations).set(packingPermutations());

  /** Gives `work` the samples, a block at a time → how many silent ones were left out; negative where some filled up a vector. */
  function overBlocks(samples: Batch, work: (bytes: number, scale: number) => void): number {
    const { threshold, scale } = densityCode(samples.density);
    const draw = isPacked(n, samples.density) ? wasm.drawPacked : wasm.drawAll;
    let silent = samples.count;
    for (let start = 0; start < samples.count; start += layout.block) {
      const size = Math.min(layout.block, samples.count - start);
      const counter = samples.key + (samples.first + start) * n;
      const bytes = threshold === 0 ? 0 : drawBlock(draw, counter, size, threshold - 1);
      if (bytes > 0) work(bytes, scale);
      silent -= Math.ceil(bytes / VECTOR) * LANES;
    }
    return silent;
  }

  /** Draws `size` samples → bytes of each row of x. */
  function drawBlock(draw: Draw, counter: number, size: number, lastActive: number): number {
    const groups = Math.floor(size / LANES);
    const rest = size % LANES;
    const bytes = groups === 0 ? 0 : draw(counter, groups, ALL_LANES, lastActive, 0);
    if (rest === 0) return bytes;
    return draw(counter + groups * LANES * n, 1, (1 << rest) - 1, lastActive, bytes);
  }

  /** x'_i of a sample in which nothing is active: f(b_i). */
  const silentOutput = (i: number): number => (output === 'linear' ? at(b, i) : Math.max(0, at(b, i)));

  function gradient(samples: Batch, result: TiedGradient): void {
    gradientSums.fill(0);
    const silent = overBlocks(samples, (bytes, scale) => wasm.gradient(bytes, scale));
    const factor = 2 / (samples.count * n);
    for (let j = 0; j < n * m; j++) result.W[j] = factor * sumLanes(gradientSums, j);
    for (let i = 0; i < n; i++)
      result.b[i] = factor * (sumLanes(gradientSums, n * m + i) + silent * at(importance, i) * silentOutput(i));
  }

  function loss(samples: Batch): number {
    let sum = 0;
    const silent = overBlocks(samples, (bytes, scale) => {
      lossSum.fill(0);
      wasm.loss(bytes, scale);
      sum += sumLanes(lossSum, 0);
    });
    for (let i = 0; i < n; i++) sum += silent * at(importance, i) * square(silentOutput(i));
    return sum / (samples.count * n);
  }

  return {
    load: (loaded) => {
      W.set(loaded.W);
      b.set(loaded.b);
      importance = loaded.importance;
      loadedImportance.set(importance);
    },
    gradient,
    loss,
  };
}

function instantiate(model: TiedModel, memory: WebAssembly.Memory): BatchLaneExports {
  const [space, field] = MEMORY_IMPORT;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(batchLaneModule(model)), {
    [space]: { [field]: memory },
  });
  return instance.exports as unknown as BatchLaneExports;
}

/** Lanes [vectors, 4] → the sum of one vector's, in float64. */
const sumLanes = (lanes: Float32Array, vector: number): number =>
  at(lanes, 4 * vector) + at(lanes, 4 * vector + 1) + (at(lanes, 4 * vector + 2) + at(lanes, 4 * vector + 3));

/** For each of the 16 sets of lanes, the bytes of a vector in the order that moves the set's lanes to the front. */
function packingPermutations(): Uint8Array {
  const bytes: number[] = [];
  for (let kept = 0; kept <= ALL_LANES; kept++) {
    const lanes = [0, 1, 2, 3].filter((lane) => kept & (1 << lane));
    for (let to = 0; to < LANES; to++)
      for (let byte = 0; byte < FLOAT; byte++) bytes.push((lanes[to] ?? to) * FLOAT + byte);
  }
  return Uint8Array.from(bytes);
}
