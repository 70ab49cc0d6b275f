/** A slice of small plain models, whose whole state lies in the memory of the code that trains it: `batch-lane-train.ts`. */
import { at } from '#lib/base/matrix';
import { streamRoot } from '#lib/base/random';
import { nextPowers, powersAfter } from '#lib/model/adamw';
import { scheduleFactor } from '#lib/model/schedule';
import { cellOf, cellParameters, importances, originOf } from '#lib/spec/cells';
import { distributionOf, evaluationSamples, modelOf } from '#lib/spec/samples';
import { heldBy, type StateTensor } from '../checkpoint.ts';
import { PORTABLE, RELAXED } from './arithmetic.ts';
import { batchLaneKernel } from './batch-lane-kernel.ts';
import { modelLayout } from './batch-lane-layout.ts';
import { batchLaneModule, type BatchLaneExports } from './batch-lane.ts';
import {
  drawCode,
  LONGEST_CALL,
  recordLayout,
  trainFunction,
  trainLayout,
  UPDATE_NUMBERS,
  type Train,
} from './batch-lane-train.ts';
import type { Slice, SliceOptions } from './slice.ts';
import { instantiate, memoryOf } from './wasm/instance.ts';

export function createBatchLaneSlice({ spec, from, to, step: start, state, relaxed }: SliceOptions): Slice {
  const { optimizer, batch } = spec;
  const model = modelOf(spec);
  const { n, m } = model;
  const record = recordLayout(model);
  const { updates, records } = trainLayout(model);
  const rows = to - from;
  const end = records + rows * record.size;
  // One more record, for the kernel that evaluates.
  const memory = memoryOf(end + record.size);
  const bytes = batchLaneModule(model, relaxed ? RELAXED : PORTABLE, trainFunction({ model, batch, optimizer }));
  const wasm = instantiate(bytes, memory) as unknown as BatchLaneExports & { readonly train: Train };
  const kernel = batchLaneKernel(model, memory, wasm, end);

  const floats = (offset: number, count: number): Float32Array => new Float32Array(memory.buffer, offset, count);
  const doubles = (offset: number, count: number): Float64Array => new Float64Array(memory.buffer, offset, count);
  const addressOf = (row: number): number => records + row * record.size;
  const places: readonly (readonly [name: StateTensor, offset: number, size: number])[] = [
    ['W', 0, n * m],
    ['b', modelLayout(model).b, n],
    ['W.m', record.first, n * m],
    ['b.m', record.first + n * m * Float32Array.BYTES_PER_ELEMENT, n],
    ['W.v', record.second, n * m],
    ['b.v', record.second + n * m * Float32Array.BYTES_PER_ELEMENT, n],
  ];
  const updateNumbers = doubles(updates, LONGEST_CALL * UPDATE_NUMBERS);

  /** Calls `copy` with each tensor's numbers of each row, here and in the state. */
  function eachPart(copy: (inRecord: Float32Array, inState: Float32Array) => void): void {
    for (const [name, offset, size] of places) {
      const tensor = heldBy(state, name);
      for (let row = 0; row < rows; row++)
        copy(floats(addressOf(row) + offset, size), tensor.subarray(row * size, (row + 1) * size));
    }
  }

  function openRow(row: number): void {
    const instance = from + row;
    const cell = cellOf(spec, instance);
    const address = addressOf(row);
    const importance = importances(spec, cell);
    const { lastActive, draw, scale } = drawCode(n, cellParameters(spec, cell).density);
    const view = new DataView(memory.buffer, address);
    floats(address + modelLayout(model).importance, n).set(importance);
    doubles(address + record.importance, n).set(importance);
    view.setUint32(record.root, streamRoot(originOf(spec, instance), 'data'), true);
    view.setInt32(record.lastActive, lastActive, true);
    view.setInt32(record.draw, draw, true);
    view.setFloat32(record.scale, scale, true);
  }

  for (let row = 0; row < rows; row++) openRow(row);
  eachPart((inRecord, inState) => inRecord.set(inState));
  let step = start;
  let powers = powersAfter(start, optimizer);

  /** At most LONGEST_CALL steps. */
  function call(steps: number): void {
    for (let i = 0; i < steps; i++) {
      powers = nextPowers(powers, optimizer);
      const rate = scheduleFactor(optimizer.schedule, step + i, spec.steps) * optimizer.learningRate;
      const numbers = [rate, 1 - rate * optimizer.weightDecay, 1 - powers.beta1, 1 - powers.beta2];
      updateNumbers.set(numbers, i * UPDATE_NUMBERS);
    }
    wasm.train(records, end, step, steps);
    step += steps;
  }

  /** All are evaluated on the same draws, and models of one density on the same samples, which are drawn once for them. */
  function byDensity(): Iterable<readonly number[]> {
    const groups = new Map<number, number[]>();
    for (const row of eachRow) {
      const { density } = cellParameters(spec, cellOf(spec, from + row));
      const group = groups.get(density) ?? [];
      group.push(row);
      groups.set(density, group);
    }
    return groups.values();
  }

  const eachRow = Array.from({ length: rows }, (_, row) => row);
  const evaluation = evaluationSamples();
  return {
    advance: (target) => {
      while (step < target) call(Math.min(LONGEST_CALL, target - step));
      return Float64Array.from(eachRow, (row) => at(doubles(addressOf(row) + record.loss, 1), 0) / (batch * n));
    },
    state: () => {
      eachPart((inRecord, inState) => inState.set(inRecord));
      return state;
    },
    evaluate: () => {
      const losses = new Float64Array(rows);
      for (const group of byDensity()) {
        const [first = 0] = group;
        const models = group.map((row) => ({
          address: addressOf(row),
          importance: doubles(addressOf(row) + record.importance, n),
        }));
        const distribution = distributionOf(spec, cellOf(spec, from + first));
        const found = kernel.losses(models, { distribution, samples: evaluation });
        group.forEach((row, which) => (losses[row] = at(found, which)));
      }
      return losses;
    },
  };
}
