/** The hidden-lane module at work: its memory, and the samples given to it block by block. */
import { present } from '#lib/base/assert';
import { square } from '#lib/base/ieee';
import { at, rowOf, type Numbers } from '#lib/base/matrix';
import type { AdamW, BetaPowers, Trained } from '#lib/model/adamw';
import type { Distribution } from '#lib/model/data';
import type { ToyModel, ToyWeights } from '#lib/model/toy';
import type { Samples } from '#lib/spec/samples';
import type { Arithmetic } from '../arithmetic.ts';
import { FLOAT, LANES, packedLanes, packingPermutations, sumLanes } from '../emit.ts';
import type { Batch, Kernel, LoadedModel } from '../kernel.ts';
import { instantiate, memoryOf } from '../wasm/instance.ts';
import { GROUP, hiddenLaneLayout, laneRowOffsets } from './layout.ts';
import { hiddenLaneModule, type HiddenLaneExports } from './module.ts';
import { WAYS, type Way } from './scope.ts';
import { activeLists, paddedMatrix, writeDistribution } from './tables.ts';
import type { DataKind } from './values.ts';
import { activeShare, wayOf } from './ways.ts';

/** A pass over the stored samples. */
type Work = (slots: number, way: number) => void;

/** One update: its batch, the schedule's factor, and the powers after it. */
export interface TrainStep {
  readonly batch: Batch;
  readonly factor: number;
  readonly powers: BetaPowers;
}

export interface HiddenLaneKernel extends Kernel {
  /** Whole steps of one instance, of its tensors in the order of `weightNames` → the mean loss of the last, before its update. */
  train(model: LoadedModel, tensors: readonly TrainedFloats[], steps: readonly TrainStep[], optimizer: AdamW): number;
}

export type TrainedFloats = Readonly<Record<keyof Trained, Float32Array>>;

/** For models of this shape and data of this kind. */
export function createHiddenLaneKernel(model: ToyModel, data: DataKind, arithmetic: Arithmetic): HiddenLaneKernel {
  const { n, m } = model;
  const layout = hiddenLaneLayout(model, arithmetic);
  const memory = memoryOf(layout.size);
  const wasm = instantiate(hiddenLaneModule(model, data, arithmetic), memory) as unknown as HiddenLaneExports;
  const { buffer } = memory;
  const floats = (offset: number, count: number): Float32Array => new Float32Array(buffer, offset, count);
  const matrix = (offset: number) => paddedMatrix(model, layout, buffer, offset);

  const b = floats(layout.b, n);
  const staging = floats(layout.staging, n * m);
  const loadedImportance = floats(layout.importance, n);
  /** In float64, for the silent samples. */
  const importance = new Float64Array(buffer, layout.importanceDoubles, n);

  const sums = floats(layout.encoderGradient, layout.gradientBytes / FLOAT);
  const encoderGradient = matrix(layout.encoderGradient);
  const decoderGradient = matrix(layout.decoderGradient);
  const biasGradient = floats(layout.biasGradient, n);
  const lossSum = floats(layout.loss, LANES);

  const pairs = floats(layout.pairs, (2 * layout.pairBytes) / FLOAT);
  const storedBytes = new Int32Array(buffer, layout.slots, 1);
  const x = floats(layout.x, layout.block * layout.features);
  const lists = activeLists(layout, buffer);
  let drawnFrom: Distribution | undefined;
  /** The share of features that are active, and how the samples are gone over for it. */
  let active = 1;
  let way: Way = 'densely';

  new Uint8Array(buffer, layout.permutations).set(packingPermutations());
  new Int32Array(buffer, layout.laneRows).set(laneRowOffsets(layout, packedLanes));

  /** Gives `work` the samples, a block at a time → how many silent ones were left out; negative where some filled up a group. */
  function overBlocks({ distribution, samples }: Batch, work: Work): number {
    if (distribution !== drawnFrom) {
      writeDistribution(distribution, layout, buffer);
      active = activeShare(distribution);
    }
    drawnFrom = distribution;
    way = wayOf(model, active, samples.count);
    if (way === 'byPairs') relate();
    let silent = samples.count;
    for (let done = 0; done < samples.count;) {
      done += drawBlock(distribution, samples, done);
      const stored = (storedBytes[0] ?? NaN) / FLOAT;
      if (stored === 0) continue;
      if (distribution.kind === 'finite') toUnitLength(stored);
      const whole = fillUp(stored);
      work(whole, WAYS[way]);
      silent -= whole;
    }
    return silent;
  }

  /** M, and no ∂M yet. */
  function relate(): void {
    pairs.fill(0);
    wasm.relate();
  }

  /** Draws a block of what is left of the samples, `done` of which were drawn → how many it drew. */
  function drawBlock(distribution: Distribution, { keys, first, count }: Samples, done: number): number {
    const examples = distribution.kind === 'finite' ? distribution.examples : Infinity;
    const sample = (first + done) % examples;
    const asked = Math.min(count - done, examples - sample);
    const place = (key: number): number => key + sample * n;
    const draw = way === 'densely' ? wasm.drawUnlisted : wasm.drawListed;
    return asked - draw(place(keys.data), place(keys.group), place(keys.member), place(keys.sign), asked);
  }

  /** x / ‖x‖ as lib/model has it, of each stored sample: as it is, and its list. */
  function toUnitLength(stored: number): void {
    for (let slot = 0; slot < stored; slot++) {
      const row = rowOf(x, slot, layout.features);
      let squares = 0;
      for (const value of row) squares += value * value;
      divide(row, Math.sqrt(squares));
      if (way !== 'densely') divide(lists.values(slot), Math.sqrt(squares));
    }
  }

  /** Silent samples behind those that are stored, up to a whole group → samples now. */
  function fillUp(stored: number): number {
    const whole = Math.ceil(stored / GROUP) * GROUP;
    x.fill(0, stored * layout.features, whole * layout.features);
    for (let slot = stored; slot < whole; slot++) lists.empty(slot);
    return whole;
  }

  /** x'_i of a sample in which nothing is active: its h is 0, whatever the activation. */
  const silentOutput = (i: number): number => (model.output === 'linear' ? at(b, i) : Math.max(0, at(b, i)));

  /** Sums of the gradient → how many silent samples were left out of `work`. */
  function sumGradient(batch: Batch, work: Work): number {
    sums.fill(0);
    const silent = overBlocks(batch, work);
    if (way === 'byPairs') wasm.unrelate();
    return silent;
  }

  /** → the same, with the gradient in `gradient`. */
  function readGradient(batch: Batch, gradient: ToyWeights, work: Work): number {
    const silent = sumGradient(batch, work);
    const factor = gradientFactor(batch);
    encoderGradient.read(gradient.encoder, factor);
    if (model.kind === 'untied') decoderGradient.read(gradient.decoder, factor);
    for (let i = 0; i < n; i++)
      gradient.b[i] = factor * (at(biasGradient, i) + silent * at(importance, i) * silentOutput(i));
    return silent;
  }

  const gradientFactor = ({ samples }: Batch): number => 2 / (samples.count * n);

  /** The mean loss over a batch, `go` over which has each block's added up by `pass`, and leaves so many silent samples out. */
  function meanLoss({ samples }: Batch, pass: Work, go: (work: Work) => number): number {
    let sum = 0;
    const silent = go((slots, by) => {
      lossSum.fill(0);
      pass(slots, by);
      sum += sumLanes(lossSum, 0);
    });
    for (let i = 0; i < n; i++) sum += silent * at(importance, i) * square(silentOutput(i));
    return sum / (samples.count * n);
  }

  const held = floats(layout.encoder, (layout.panels - layout.encoder) / FLOAT);

  /** What fills up vectors and tiles is trained along: of a model that has diverged it is NaN, which must not be the next one's. */
  function load(loaded: LoadedModel): void {
    held.fill(0);
    writeRows(layout.encoder, loaded.encoder);
    if (model.kind === 'untied') writeRows(layout.decoder, loaded.decoder);
    wasm.panels();
    b.set(loaded.b);
    importance.set(loaded.importance);
    loadedImportance.set(importance);
  }

  /** A matrix [n, m] to and from the kernel's rows. */
  function writeRows(offset: number, matrix: Float32Array): void {
    staging.set(matrix);
    wasm.spread(offset);
  }
  function readRows(offset: number, matrix: Float32Array): void {
    wasm.gather(offset);
    matrix.set(staging);
  }

  /** Calls `matrix` or `vector` with where each part of a tensor lies: its values, and both moments. */
  function eachPart(
    tensors: readonly TrainedFloats[],
    copy: Readonly<Record<'matrix' | 'vector', (offset: number, part: Float32Array) => void>>,
  ): void {
    const offsets = model.kind === 'tied' ? [layout.encoder, layout.b] : [layout.encoder, layout.decoder, layout.b];
    tensors.forEach(({ value, first, second }, i) => {
      const offset = present(offsets[i], 'a tensor of the model');
      const one = offset === layout.b ? copy.vector : copy.matrix;
      one(offset, value);
      one(offset + layout.first - layout.encoder, first);
      one(offset + layout.second - layout.encoder, second);
    });
  }

  /** AdamW by the sums in memory. */
  function updateWeights({ batch, factor, powers }: TrainStep, silent: number, optimizer: AdamW): void {
    const { learningRate, weightDecay, beta1, beta2, epsilon } = optimizer;
    const rate = factor * learningRate;
    const biases = [1 - powers.beta1, 1 - powers.beta2] as const;
    wasm.update(gradientFactor(batch), silent, rate, 1 - rate * weightDecay, ...biases, beta1, beta2, epsilon);
    wasm.panels();
  }

  function train(steps: readonly TrainStep[], optimizer: AdamW): number {
    let loss = NaN;
    steps.forEach((step, i) => {
      let silent = 0;
      if (i < steps.length - 1) silent = sumGradient(step.batch, wasm.gradient);
      else loss = meanLoss(step.batch, wasm.lossAndGradient, (work) => (silent = sumGradient(step.batch, work)));
      updateWeights(step, silent, optimizer);
    });
    return loss;
  }

  return {
    load,
    gradient: (batch, gradient) => {
      readGradient(batch, gradient, wasm.gradient);
    },
    lossAndGradient: (batch, gradient) =>
      meanLoss(batch, wasm.lossAndGradient, (work) => readGradient(batch, gradient, work)),
    loss: (batch) => meanLoss(batch, wasm.loss, (work) => overBlocks(batch, work)),
    train: (loaded, tensors, steps, optimizer) => {
      load(loaded);
      eachPart(tensors, { matrix: writeRows, vector: (offset, part) => floats(offset, n).set(part) });
      const loss = train(steps, optimizer);
      eachPart(tensors, { matrix: readRows, vector: (offset, part) => part.set(floats(offset, n)) });
      return loss;
    },
  };
}

function divide(values: Numbers, by: number): void {
  for (let i = 0; i < values.length; i++) values[i] = at(values, i) / by;
}
