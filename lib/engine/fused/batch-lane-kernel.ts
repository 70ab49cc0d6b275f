/** The batch-lane module at work: its memory, and the samples given to it block by block. */
import { square } from '#lib/base/ieee';
import { at } from '#lib/base/matrix';
import { densityCode } from '#lib/model/data';
import type { ToyModel, ToyWeights } from '#lib/model/toy';
import type { Arithmetic } from './arithmetic.ts';
import { drawConstants } from './batch-lane-draw.ts';
import { batchLaneLayout, modelLayout } from './batch-lane-layout.ts';
import { batchLaneModule, drawOf, type BatchLaneExports, type Draw } from './batch-lane.ts';
import { LANES, packingPermutations, sumLanes, VECTOR } from './emit.ts';
import type { Batch, Kernel } from './kernel.ts';
import { instantiate, memoryOf } from './wasm/instance.ts';

const ALL_LANES = (1 << LANES) - 1;

/** For models of this shape, on independent features of one density. */
export function createBatchLaneKernel(model: ToyModel, arithmetic: Arithmetic): Kernel {
  const { models } = batchLaneLayout(model);
  const memory = memoryOf(models + modelLayout(model).size);
  const wasm = instantiate(batchLaneModule(model, arithmetic), memory) as unknown as BatchLaneExports;
  return batchLaneKernel(model, memory, wasm, models);
}

/** A kernel in memory that others use too; loads models at `address`. */
export function batchLaneKernel(
  model: ToyModel,
  memory: WebAssembly.Memory,
  wasm: BatchLaneExports,
  address: number,
): Kernel {
  const { n, m, output } = model;
  const layout = batchLaneLayout(model);
  const floats = (offset: number, count: number): Float32Array => new Float32Array(memory.buffer, offset, count);

  const W = floats(address, n * m);
  const b = floats(address + modelLayout(model).b, n);
  const loadedImportance = floats(address + modelLayout(model).importance, n);
  const gradientSums = floats(layout.gradient, (n * m + n) * LANES);
  const lossSum = floats(layout.loss, LANES);
  /** In float64, for the silent samples. */
  let importance: Float64Array = new Float64Array(n);
  new Uint8Array(memory.buffer, layout.permutations).set(packingPermutations());
  new Int32Array(memory.buffer, layout.constants).set(drawConstants(model));

  /** Gives `work` the samples, a block at a time → how many silent ones were left out; negative where some filled up a vector. */
  function overBlocks({ distribution, samples }: Batch, work: (bytes: number, scale: number) => void): number {
    const density = at(distribution.density, 0);
    const { threshold, scale } = densityCode(density);
    const draw = wasm[drawOf(n, density)];
    let silent = samples.count;
    for (let start = 0; start < samples.count; start += layout.block) {
      const size = Math.min(layout.block, samples.count - start);
      const counter = samples.keys.data + (samples.first + start) * n;
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

  function gradient(batch: Batch, result: ToyWeights): void {
    gradientSums.fill(0);
    const silent = overBlocks(batch, (bytes, scale) => wasm.gradient(address, bytes, scale));
    finishGradient(batch, silent, result);
  }

  function finishGradient({ samples }: Batch, silent: number, result: ToyWeights): void {
    const factor = 2 / (samples.count * n);
    for (let j = 0; j < n * m; j++) result.encoder[j] = factor * sumLanes(gradientSums, j);
    for (let i = 0; i < n; i++)
      result.b[i] = factor * (sumLanes(gradientSums, n * m + i) + silent * at(importance, i) * silentOutput(i));
  }

  /** Sums by `pass` → the mean loss, and how many samples were silent. */
  function lossBy(pass: typeof wasm.loss, batch: Batch): { mean: number; silent: number } {
    let sum = 0;
    const silent = overBlocks(batch, (bytes, scale) => {
      lossSum.fill(0);
      pass(address, bytes, scale);
      sum += sumLanes(lossSum, 0);
    });
    for (let i = 0; i < n; i++) sum += silent * at(importance, i) * square(silentOutput(i));
    return { mean: sum / (batch.samples.count * n), silent };
  }

  return {
    load: (loaded) => {
      W.set(loaded.encoder);
      b.set(loaded.b);
      importance = loaded.importance;
      loadedImportance.set(importance);
    },
    gradient,
    lossAndGradient: (batch, result) => {
      gradientSums.fill(0);
      const { mean, silent } = lossBy(wasm.lossAndGradient, batch);
      finishGradient(batch, silent, result);
      return mean;
    },
    loss: (batch) => lossBy(wasm.loss, batch).mean,
  };
}
