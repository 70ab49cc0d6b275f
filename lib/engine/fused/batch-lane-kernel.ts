/** The batch-lane module at work: its memory, and the samples given to it block by block. */
import { square } from '#lib/base/ieee';
import { add, at, type Numbers } from '#lib/base/matrix';
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

/** One of many in the kernel's memory: where it lies, float32 as the kernel reads it, and its importances in float64. */
export interface PlacedModel {
  readonly address: number;
  readonly importance: Float64Array;
}

export interface BatchLaneKernel extends Kernel {
  /** `loss` of each, of samples that are drawn once for all of them: the same bits. */
  readonly losses: (models: readonly PlacedModel[], batch: Batch) => Numbers;
}

/** A kernel in memory that others use too; loads models at `address`. */
export function batchLaneKernel(
  model: ToyModel,
  memory: WebAssembly.Memory,
  wasm: BatchLaneExports,
  address: number,
): BatchLaneKernel {
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
  const silentOutputOf = (b: Float32Array, i: number): number =>
    output === 'linear' ? at(b, i) : Math.max(0, at(b, i));
  const silentOutput = (i: number): number => silentOutputOf(b, i);

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

  /** Sums by `pass` → each model's mean loss, and how many samples were silent. */
  function lossesBy(pass: typeof wasm.loss, models: readonly PlacedModel[], batch: Batch) {
    const sums = new Float64Array(models.length);
    const silent = overBlocks(batch, (bytes, scale) => {
      models.forEach(({ address }, which) => {
        lossSum.fill(0);
        pass(address, bytes, scale);
        add(sums, which, sumLanes(lossSum, 0));
      });
    });
    const means = Float64Array.from(models, ({ address, importance }, which) => {
      const b = floats(address + modelLayout(model).b, n);
      let sum = at(sums, which);
      for (let i = 0; i < n; i++) sum += silent * at(importance, i) * square(silentOutputOf(b, i));
      return sum / (batch.samples.count * n);
    });
    return { means, silent };
  }

  const loaded = (): readonly PlacedModel[] => [{ address, importance }];

  return {
    load: (given) => {
      W.set(given.encoder);
      b.set(given.b);
      importance = given.importance;
      loadedImportance.set(importance);
    },
    gradient,
    lossAndGradient: (batch, result) => {
      gradientSums.fill(0);
      const { means, silent } = lossesBy(wasm.lossAndGradient, loaded(), batch);
      finishGradient(batch, silent, result);
      return at(means, 0);
    },
    loss: (batch) => at(lossesBy(wasm.loss, loaded(), batch).means, 0),
    losses: (models, batch) => lossesBy(wasm.loss, models, batch).means,
  };
}
