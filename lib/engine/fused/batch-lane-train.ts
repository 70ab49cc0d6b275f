/**
 * Many steps of many small plain models in one call of WebAssembly: key, draw, gradient, AdamW.
 *
 * Idea. A step of the batch-lane kernel takes 2 to 10 µs, and all that JavaScript did around it took 1.5 to 2: copying weights in,
 * sums out, an update by closures. So the models' whole state lies in the kernel's memory, one *record* behind the other, and a
 * call takes each of them through all steps of a chunk before the next, so that a record stays in the first cache.
 *
 * Cost: beside the kernel's, per step 30 operations of float64 for each of n m + n numbers, and three calls.
 *
 * Tolerance: none. Every float64 operation is IEEE 754's in the order of `lib/model/adamw` and of `batch-lane-kernel`: the same bits.
 */
import { HASH } from '#lib/base/random';
import type { AdamW } from '#lib/model/adamw';
import { densityCode } from '#lib/model/data';
import type { Shape } from '#lib/model/shape';
import type { ToyModel } from '#lib/model/toy';
import { DRAWS } from './batch-lane-draw.ts';
import { batchLaneLayout, modelLayout } from './batch-lane-layout.ts';
import { drawOf, functionIndex } from './batch-lane.ts';
import { base, FLOAT, LANES, moveOn, range, VECTOR, VECTOR_SHIFT } from './emit.ts';
import { call, f32, f32x4, f64, i32, repeatWhile, set, v128, when, type Code, type Local } from './wasm/code.ts';
import { wasmFunction, type Locals, type WasmFunction } from './wasm/module.ts';

const DOUBLE = 8;
/** Steps of one call at most: what `updates` has room for. */
export const LONGEST_CALL = 1_024;
/** Float64 numbers of one step's update: rate, 1 − rate · weightDecay, 1 − β₁ᵗ, 1 − β₂ᵗ. */
export const UPDATE_NUMBERS = 4;

/** Which of the kernel's draws it is; with NOTHING, no bits are low enough to make a feature active. */
const DRAW_CODES = { nothing: 0, drawAll: 1, drawPacked: 2, drawSparse: 3 } as const;

/** Byte offsets in a record, which begins with the model as the kernel reads it. */
export interface RecordLayout {
  /** float32 [n m + n], as W and b lie */
  readonly first: number;
  readonly second: number;
  /** float64 [n] */
  readonly importance: number;
  /** float64: Σ over the last step's samples and features, before its update */
  readonly loss: number;
  /** uint32: `mix(root ^ step)` is the key of a step */
  readonly root: number;
  /** uint32 */
  readonly lastActive: number;
  /** int32, of DRAW_CODES */
  readonly draw: number;
  /** float32 */
  readonly scale: number;
  readonly size: number;
}

export function recordLayout({ n, m }: Shape): RecordLayout {
  const weights = (n * m + n) * FLOAT;
  const first = modelLayout({ n, m }).size;
  const importance = Math.ceil((first + 2 * weights) / DOUBLE) * DOUBLE;
  const loss = importance + n * DOUBLE;
  const root = loss + DOUBLE;
  const size = Math.ceil((root + 4 * FLOAT) / VECTOR) * VECTOR;
  return {
    first,
    second: first + weights,
    importance,
    loss,
    root,
    lastActive: root + FLOAT,
    draw: root + 2 * FLOAT,
    scale: root + 3 * FLOAT,
    size,
  };
}

/** The updates of a call's steps, then the records. */
export function trainLayout(shape: Shape): Readonly<Record<'updates' | 'records', number>> {
  const { models } = batchLaneLayout(shape);
  return { updates: models, records: models + LONGEST_CALL * UPDATE_NUMBERS * DOUBLE };
}

/** What of a record a density decides. */
export function drawCode(n: number, density: number): Readonly<Record<'lastActive' | 'draw' | 'scale', number>> {
  const { threshold, scale } = densityCode(density);
  const draw = DRAW_CODES[threshold === 0 ? 'nothing' : drawOf(n, density)];
  return { lastActive: threshold - 1, draw, scale };
}

/** `records` ≤ address < `end` through `steps` ≥ 1 steps from `step` on. */
export type Train = (records: number, end: number, step: number, steps: number) => void;

export interface TrainOptions {
  readonly model: ToyModel;
  readonly batch: number;
  readonly optimizer: AdamW;
}

export function trainFunction(options: TrainOptions): WasmFunction {
  const { n, m } = options.model;
  const record = recordLayout({ n, m });
  const { updates } = trainLayout({ n, m });
  const parameters = { records: 'i32', end: 'i32', step: 'i32', steps: 'i32' } as const;
  return wasmFunction('train', parameters, 'none', ({ records: model, end, step, steps }, local) => {
    const now = local('i32', 'now');
    const left = local('i32', 'left');
    const numbers = local('i32', 'numbers');
    const pass = passOver(options, model, local);
    const update = updateOf(options, { model, numbers, silent: pass.silent }, local);
    return [
      repeatWhile(i32.lessThan(model, end), [
        set(now, step),
        set(left, steps),
        set(numbers, i32.const(updates)),
        repeatWhile(left, [
          ...pass.sums(now, left),
          ...update.prepare,
          ...update.apply,
          moveOn(numbers, UPDATE_NUMBERS * DOUBLE),
          set(now, i32.add(now, i32.const(1))),
          set(left, i32.subtract(left, i32.const(1))),
        ]),
        moveOn(model, record.size),
      ]),
    ];
  });
}

interface Pass {
  /** Lane-wise sums of the step `now` into the kernel's memory; of the last one, of which 1 is `left`, the loss into the record. */
  readonly sums: (now: Local<'i32'>, left: Local<'i32'>) => readonly Code[];
  /** How many silent samples were left out; negative where some filled up a vector. */
  readonly silent: Code<'f64'>;
}

function passOver({ model: shape, batch }: TrainOptions, model: Local<'i32'>, local: Locals): Pass {
  const { n, m } = shape;
  const layout = batchLaneLayout(shape);
  const record = recordLayout(shape);
  const counter = local('i32', 'counter');
  const bytes = local('i32', 'bytes');
  const leftOut = local('i32', 'leftOut');
  const blocks = local('i32', 'blocks');
  const silent = f64.fromInt32(leftOut);

  const onLast = (left: Local<'i32'>, body: readonly Code[]): Code => when(i32.equal(left, i32.const(1)), body);
  const sum = (name: 'gradient' | 'lossAndGradient'): Code =>
    call(functionIndex(name), 'none', model, bytes, f32.load(model, record.scale));
  const addLoss = (value: Code<'f64'>): Code =>
    f64.store(model, record.loss, f64.add(f64.load(model, record.loss), value));

  /** The next `size` samples: drawn, and what they add. */
  const block = (size: number, left: Local<'i32'>): readonly Code[] => [
    set(bytes, i32.const(0)),
    ...drawBlock(n, size, { counter, bytes, lastActive: i32.load(model, record.lastActive) }, (draw) =>
      i32.equal(i32.load(model, record.draw), i32.const(draw)),
    ),
    set(counter, i32.add(counter, i32.const(size * n))),
    set(leftOut, i32.subtract(leftOut, samplesIn(bytes))),
    when(bytes, [
      when(i32.notEqual(left, i32.const(1)), [sum('gradient')]),
      onLast(left, [
        v128.store(base, layout.loss, f32x4.zero),
        sum('lossAndGradient'),
        addLoss(sumOfLanes(base, layout.loss)),
      ]),
    ]),
  ];

  const full = Math.floor(batch / layout.block);
  const rest = batch % layout.block;
  const silentLoss = (i: number): Code => {
    const output = silentOutput(shape, f64.fromFloat(f32.load(model, modelLayout(shape).b + i * FLOAT)));
    const importance = f64.load(model, record.importance + i * DOUBLE);
    return addLoss(f64.multiply(f64.multiply(silent, importance), f64.multiply(output, output)));
  };
  return {
    silent,
    sums: (now, left) => [
      ...range(n * m + n).map((entry) => v128.store(base, layout.gradient + entry * VECTOR, f32x4.zero)),
      onLast(left, [f64.store(model, record.loss, f64.const(0))]),
      ...mixInto(counter, i32.xor(i32.load(model, record.root), now)),
      set(leftOut, i32.const(batch)),
      ...(full === 0
        ? []
        : [
            set(blocks, i32.const(full)),
            repeatWhile(blocks, [...block(layout.block, left), set(blocks, i32.subtract(blocks, i32.const(1)))]),
          ]),
      ...(rest === 0 ? [] : block(rest, left)),
      onLast(left, range(n).map(silentLoss)),
    ],
  };
}

/** The logarithm of LANES. */
const LANES_SHIFT = 2;

/** How many samples, filled up to a whole vector, take so many bytes of each row of x. */
const samplesIn = (bytes: Code<'i32'>): Code<'i32'> =>
  i32.shiftLeft(i32.shiftRight(i32.add(bytes, i32.const(VECTOR - 1)), i32.const(VECTOR_SHIFT)), i32.const(LANES_SHIFT));

/** Draws `size` samples by whichever function `isDraw` says → `bytes`. */
function drawBlock(
  n: number,
  size: number,
  { counter, bytes, lastActive }: { counter: Code<'i32'>; bytes: Local<'i32'>; lastActive: Code<'i32'> },
  isDraw: (draw: number) => Code<'i32'>,
): readonly Code[] {
  const groups = Math.floor(size / LANES);
  const rest = size % LANES;
  const behind = i32.add(counter, i32.const(groups * LANES * n));
  return DRAWS.map((name) => {
    const draw = (from: Code<'i32'>, count: number, lanes: number): Code =>
      set(
        bytes,
        call(functionIndex(name), 'i32', from, i32.const(count), i32.const((1 << lanes) - 1), lastActive, bytes),
      );
    return when(isDraw(DRAW_CODES[name]), [
      ...(groups === 0 ? [] : [draw(counter, groups, LANES)]),
      ...(rest === 0 ? [] : [draw(behind, 1, rest)]),
    ]);
  });
}

/** `mix` of lib/base/random of one number. */
function mixInto(bits: Local<'i32'>, value: Code<'i32'>): readonly Code[] {
  const xorShifted = (shift: number): Code => set(bits, i32.xor(bits, i32.shiftRight(bits, i32.const(shift))));
  return [
    set(bits, value),
    ...HASH.shifts.flatMap((shift, round) => [
      xorShifted(shift),
      ...HASH.multipliers.slice(round, round + 1).map((by) => set(bits, i32.multiply(bits, i32.const(by)))),
    ]),
  ];
}

/** In float64, of a vector in memory: `sumLanes`. */
function sumOfLanes(address: Code<'i32'>, offset: number): Code<'f64'> {
  const lane = (k: number): Code<'f64'> => f64.fromFloat(f32.load(address, offset + k * FLOAT));
  return f64.add(f64.add(lane(0), lane(1)), f64.add(lane(2), lane(3)));
}

/** x'_i of a sample in which nothing is active: f(b_i). */
const silentOutput = ({ output }: ToyModel, b: Code<'f64'>): Code<'f64'> =>
  output === 'linear' ? b : f64.max(f64.const(0), b);

interface Update {
  /** Fetches the step's numbers. */
  readonly prepare: readonly Code[];
  /** AdamW, by the sums in the kernel's memory. */
  readonly apply: readonly Code[];
}

/** `update` of lib/model/adamw, operation by operation: of dW, then of db with what the silent samples add. */
function updateOf(
  { model: shape, batch, optimizer }: TrainOptions,
  { model, numbers, silent }: { model: Local<'i32'>; numbers: Local<'i32'>; silent: Code<'f64'> },
  local: Locals,
): Update {
  const { n, m } = shape;
  const { gradient } = batchLaneLayout(shape);
  const { first, second, importance } = recordLayout(shape);
  const { beta1, beta2, epsilon } = optimizer;
  const { add, subtract, multiply, divide, squareRoot } = f64;
  /** bytes before the entry of W, then of b */
  const place = local('i32', 'place');
  const at = local('i32', 'at');
  const [rate, decay] = [local('f64', 'rate'), local('f64', 'decay')];
  const [firstBias, secondBias] = [local('f64', 'firstBias'), local('f64', 'secondBias')];
  const [g, mean, square] = [local('f64', 'g'), local('f64', 'mean'), local('f64', 'square')];

  const held = (offset: number): Code<'f64'> => f64.fromFloat(f32.load(at, offset));
  const keep = (offset: number, value: Code<'f64'>): Code => f32.store(at, offset, f32.fromDouble(value));
  const blended = (beta: number, old: Code<'f64'>, by: Code<'f64'>): Code<'f64'> =>
    add(multiply(f64.const(beta), old), by);
  const direction = divide(divide(mean, firstBias), add(squareRoot(divide(square, secondBias)), f64.const(epsilon)));
  const timesPlace = (factor: number): Code<'i32'> => i32.multiply(place, i32.const(factor));
  const sum = sumOfLanes(timesPlace(LANES), gradient);
  const importanceHere = f64.load(i32.add(model, timesPlace(DOUBLE / FLOAT)), importance - n * m * DOUBLE);
  const ofSilent = multiply(multiply(silent, importanceHere), silentOutput(shape, held(0)));

  const entriesTo = (end: number, gradientSum: Code<'f64'>): Code =>
    repeatWhile(i32.lessThan(place, i32.const(end * FLOAT)), [
      set(at, i32.add(model, place)),
      set(g, multiply(f64.const(2 / (batch * n)), gradientSum)),
      set(mean, blended(beta1, held(first), multiply(f64.const(1 - beta1), g))),
      set(square, blended(beta2, held(second), multiply(multiply(f64.const(1 - beta2), g), g))),
      keep(0, subtract(multiply(held(0), decay), multiply(rate, direction))),
      keep(first, mean),
      keep(second, square),
      moveOn(place, FLOAT),
    ]);
  return {
    prepare: [rate, decay, firstBias, secondBias].map((into, i) => set(into, f64.load(numbers, i * DOUBLE))),
    apply: [set(place, i32.const(0)), entriesTo(n * m, sum), entriesTo(n * m + n, add(sum, ofSilent))],
  };
}
