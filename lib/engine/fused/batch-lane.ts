/**
 * The *batch-lane* kernel: one step's gradient of one small tied model, as a WebAssembly module written for its (n, m, output).
 *
 * Idea. Four lanes are four samples, so no lane talks to another before the end of the batch. Sums over features are unrolled, or of
 * more than a few weights loops (`batch-lane-loops.ts`). A step has two parts:
 *
 *   draw      x is regenerated from the counter (lib/base/random) and, where sparse, packed: a sample in which no feature is
 *             active does what every other such sample does, so it is counted, not stored. At n = 5, p = 0.05 that is 77%.
 *   gradient  over what was stored, four samples at a time (paper 1.4; the factor 2/(B n) is the caller's):
 *             h = Σ x_i W_i,  o_i = W_i·h + b_i,  g_i = I_i (o_i − x_i) 1[o_i > 0],  e = Σ g_i W_i,
 *             dW_i += g_i h + x_i e,  db_i += g_i.
 *
 * Cost in vector instructions: `costPerGroup`. Work is done in blocks whose x stays in a core's first cache.
 *
 * Tolerance: gradients within 1e-5 of float64 (greatest error over greatest entry). Baseline SIMD alone: every operation is
 * integer or exactly rounded IEEE 754, and the order of summation is fixed by (n, m, p, B): the same bits on every machine.
 */
import type { Shape } from '#lib/model/shape';
import type { ToyModel } from '#lib/model/toy';
import { drawFunction, type DrawName } from './batch-lane-draw.ts';
import { batchLaneLayout, type BatchLaneLayout } from './batch-lane-layout.ts';
import { loopedSums, type SumsName } from './batch-lane-loops.ts';
import { addProducts, sumOfProducts, type Arithmetic } from './arithmetic.ts';
import { base, FLOAT, LANES, range, VECTOR, vectors } from './emit.ts';
import { f32x4, i32, repeatWhile, set, v128, type Code, type Local } from './wasm/code.ts';
import { wasmFunction, wasmModule, type Locals, type WasmFunction } from './wasm/module.ts';

/** (1 − p)^n: the share of samples in which no feature is active. */
export function silentShare(n: number, density: number): number {
  let share = 1;
  for (let i = 0; i < n; i++) share *= 1 - density;
  return share;
}

/** Packing takes some instructions a feature and saves 10 m + 9 of each that is silent; measured, it pays from here on. */
const PACKING_PAYS = 0.2;
export const isPacked = (n: number, density: number): boolean => silentShare(n, density) > PACKING_PAYS;

/** Share of groups with none but silent samples, from which they are told apart before the hash is done. */
const SIFTING_PAYS = 0.45;
export const isSifted = (n: number, density: number): boolean => silentShare(n * LANES, density) > SIFTING_PAYS;

/**
 * By which function the samples of a density are drawn. drawPacked and drawSparse give the same; drawAll gives the silent ones as well, so
 * that PACKING_PAYS decides bits (a revision: `revision.ts`), and SIFTING_PAYS does not.
 */
export const drawOf = (n: number, density: number): DrawName =>
  isSifted(n, density) ? 'drawSparse' : isPacked(n, density) ? 'drawPacked' : 'drawAll';

/**
 * Numbers of a model from which its sums are loops over the features: written out, V8 has more variables than registers hold. The same bits.
 * Of more hidden dimensions than these a loop holds one group at a time, and is slower than what is written out.
 */
const LOOPS_PAY = { numbers: 100, hidden: 6 } as const;
export const goesOverFeatures = (shape: Shape): boolean =>
  numbersOf(shape) >= LOOPS_PAY.numbers && shape.m <= LOOPS_PAY.hidden;
const numbersOf = ({ n, m }: Shape): number => n * m + n;

/**
 * Vector instructions for four samples at density p. Counted, and where there are more features or numbers than registers, so that
 * variables lie on the stack, measured.
 */
export function costPerGroup(shape: Shape, density: number): number {
  const { n } = shape;
  const stored = isPacked(n, density) ? 1 - silentShare(n, density) : 1;
  return n * (drawCost(n, density) + stored * gradientCost(shape));
}

/** Of a feature, whose hash is ordered beside that of all others. */
function drawCost(n: number, density: number): number {
  switch (drawOf(n, density)) {
    case 'drawAll':
      return 24;
    case 'drawPacked':
      return 25 + 0.3 * n;
    case 'drawSparse':
      return 14 + 0.35 * n + 10 * (1 - silentShare(n * LANES, density));
  }
}

/** Of a feature: in a loop what is fetched comes with each multiply-add, written out what is moved between stack and registers. */
function gradientCost(shape: Shape): number {
  if (goesOverFeatures(shape)) return 13.5 * shape.m - 2;
  const beyondRegisters = Math.max(0, numbersOf(shape) - 30);
  return (10 * shape.m + 9) * (1 + beyondRegisters / 160);
}

/** The module's functions. Sums are added to what memory holds. */
export interface BatchLaneExports {
  /**
   * Draws `groups` ≥ 1 times four samples, the first of which starts at `counter`. Those whose bit is set in `lanes` are added
   * behind the `bytes` that each row of x holds already → the bytes it holds now. A feature is active where its random bits
   * are at most `lastActive`. For all groups but one, `lanes` must be all four.
   */
  readonly drawAll: Draw;
  /** The same without the silent samples. */
  readonly drawPacked: Draw;
  /** The same, faster where most groups have none but silent samples. */
  readonly drawSparse: Draw;
  /** Σ of the stored samples' dW and db, without 2/(B n); the last four are filled up with silent ones. */
  readonly gradient: OverSamples;
  /** Σ I_i (x'_i − x_i)² of the same samples. */
  readonly loss: OverSamples;
  /** Both. */
  readonly lossAndGradient: OverSamples;
}

export type Draw = (counter: number, groups: number, lanes: number, lastActive: number, bytes: number) => number;
/** Of the model at this address, over so many bytes of each row of x. */
type OverSamples = (model: number, bytes: number, scale: number) => void;

/** In the order of the module. */
const FUNCTIONS = [
  'drawAll',
  'drawPacked',
  'drawSparse',
  'gradient',
  'loss',
  'lossAndGradient',
] as const satisfies readonly (keyof BatchLaneExports)[];

/** By which another function of the module calls it. */
export const functionIndex = (name: (typeof FUNCTIONS)[number]): number => FUNCTIONS.indexOf(name);

/** With `others` behind its own functions. */
export function batchLaneModule(
  model: ToyModel,
  arithmetic: Arithmetic,
  ...others: readonly WasmFunction[]
): Uint8Array<ArrayBuffer> {
  const layout = batchLaneLayout(model);
  const sums = goesOverFeatures(model) ? loopedSums : sumsFunction;
  const own = {
    drawAll: drawFunction('drawAll', model, layout, arithmetic),
    drawPacked: drawFunction('drawPacked', model, layout, arithmetic),
    drawSparse: drawFunction('drawSparse', model, layout, arithmetic),
    gradient: sums('gradient', model, layout, arithmetic),
    loss: sums('loss', model, layout, arithmetic),
    lossAndGradient: sums('lossAndGradient', model, layout, arithmetic),
  };
  return wasmModule([...FUNCTIONS.map((name) => own[name]), ...others]);
}

function sumsFunction(name: SumsName, shape: ToyModel, layout: BatchLaneLayout, arithmetic: Arithmetic): WasmFunction {
  const { n, m, output } = shape;
  return wasmFunction(name, { model: 'i32', bytes: 'i32', scale: 'f32' }, 'none', ({ model, bytes, scale }, local) => {
    const { x, h, W, importance, decode, overSamples } = forwardPass(shape, layout, arithmetic, local);
    const o = local('v128', 'o');
    const error = local('v128', 'error');
    const g = vectors(local, 'g', n);
    const e = vectors(local, 'e', m);

    const activated = output === 'linear' ? o : f32x4.greater(f32x4.zero, o);
    const addLoss = (i: number): readonly Code[] => [
      set(error, f32x4.subtract(activated, x(i))),
      add(layout.loss, f32x4.multiply(importance(i), f32x4.multiply(error, error))),
    ];

    const weighted = (i: number): Code<'v128'> => f32x4.multiply(importance(i), f32x4.subtract(o, x(i)));
    const closedIsZero = (value: Code<'v128'>): Code<'v128'> =>
      output === 'linear' ? value : v128.and(value, f32x4.greaterThan(o, f32x4.zero));
    const addressOf = (entry: number): number => layout.gradient + entry * VECTOR;
    const sumOf = (entry: number): Code<'v128'> => v128.load(base, addressOf(entry));
    const addGradient = [
      ...range(m).map((k) =>
        set(
          e(k),
          sumOfProducts(
            arithmetic,
            range(n).map((i) => [g(i), W(i, k)]),
          ),
        ),
      ),
      ...range(n).flatMap((i) => [
        add(addressOf(n * m + i), g(i)),
        ...range(m).map((k) => {
          const entry = i * m + k;
          return v128.store(base, addressOf(entry), arithmetic.addTwo(sumOf(entry), [g(i), h(k)], [x(i), e(k)]));
        }),
      ]),
    ];

    return overSamples(model, bytes, scale, [
      ...range(n).flatMap((i) => [
        set(o, decode(i)),
        ...(name === 'gradient' ? [] : addLoss(i)),
        ...(name === 'loss' ? [] : [set(g(i), closedIsZero(weighted(i)))]),
      ]),
      ...(name === 'loss' ? [] : addGradient),
    ]);
  });
}

interface ForwardPass {
  readonly x: (i: number) => Local<'v128'>;
  readonly h: (k: number) => Local<'v128'>;
  readonly W: (i: number, k: number) => Local<'v128'>;
  readonly importance: (i: number) => Local<'v128'>;
  /** o_i, once h is known. */
  readonly decode: (i: number) => Code<'v128'>;
  /** `body` for each four of the stored samples, whose x and h it finds computed. */
  readonly overSamples: (
    model: Local<'i32'>,
    bytes: Local<'i32'>,
    scale: Code<'f32'>,
    body: readonly Code[],
  ) => readonly Code[];
}

/**
 * What all three sums have in common. The weights are fetched into variables before the loop, more than there are
 * registers: they are then kept on the stack and read from there where they are used. Fetched within the loop, V8 reads them all
 * at its start and writes them to the stack each time, which takes 1.3 times as long (n = 5, m = 2).
 */
function forwardPass({ n, m }: Shape, layout: BatchLaneLayout, arithmetic: Arithmetic, local: Locals): ForwardPass {
  const position = local('i32', 'position');
  const scales = local('v128', 'scales');
  const weights = vectors(local, 'W', n * m);
  const W = (i: number, k: number): Local<'v128'> => weights(i * m + k);
  const b = vectors(local, 'b', n);
  const importance = vectors(local, 'importance', n);
  const x = vectors(local, 'x', n);
  const h = vectors(local, 'h', m);
  const packed = (i: number): Code<'v128'> => v128.load(position, layout.x + i * layout.stride);
  return {
    x,
    h,
    W,
    importance,
    decode: (i) =>
      addProducts(
        arithmetic,
        b(i),
        range(m).map((k) => [h(k), W(i, k)]),
      ),
    overSamples: (model, bytes, scale, body) => [
      set(scales, f32x4.splat(scale)),
      ...[...range(n * m).map(weights), ...range(n).map(b), ...range(n).map(importance)].map((into, i) =>
        set(into, v128.loadSplat(model, i * FLOAT)),
      ),
      repeatWhile(i32.lessThan(position, bytes), [
        ...range(n).map((i) => set(x(i), f32x4.multiply(f32x4.fromInt32(packed(i)), scales))),
        ...range(m).map((k) =>
          set(
            h(k),
            sumOfProducts(
              arithmetic,
              range(n).map((i) => [x(i), W(i, k)]),
            ),
          ),
        ),
        ...body,
        set(position, i32.add(position, i32.const(VECTOR))),
      ]),
    ],
  };
}

/** Adds to the vector at a fixed address. */
const add = (address: number, value: Code<'v128'>): Code =>
  v128.store(base, address, f32x4.add(v128.load(base, address), value));
