/**
 * AdamW on the loaded model, from the sums of its gradient: `update` of lib/model/adamw, operation by operation in float64, two
 * numbers at a time, so that it gives the same bits. In JavaScript it took .06 ms of a step of .3 to .8 at n = 80, m = 20.
 */
import type { ToyModel } from '#lib/model/toy';
import { FLOAT, moveOn, range, VECTOR } from '../emit.ts';
import { f32x4, f64x2, i32, i32x4, repeatWhile, set, v128, type Code } from '../wasm/code.ts';
import { wasmFunction, type WasmFunction } from '../wasm/module.ts';
import { TILE, type HiddenLaneLayout } from './layout.ts';

const PAIR = 2 * FLOAT;

/**
 * `update(factor, silent, rate, decay, firstBias, secondBias, beta1, beta2, epsilon)`: the gradient is `factor` times the sums, to
 * which each of `silent` samples adds; decay is 1 − rate · weightDecay and a bias 1 − βᵗ. The decoder's
 * panels are the caller's to write anew.
 */
export type Update = (...numbers: readonly number[]) => void;

export function updateFunction(model: ToyModel, layout: HiddenLaneLayout): WasmFunction {
  const parameters = {
    factor: 'f64',
    silent: 'f64',
    rate: 'f64',
    decay: 'f64',
    firstBias: 'f64',
    secondBias: 'f64',
    beta1: 'f64',
    beta2: 'f64',
    epsilon: 'f64',
  } as const;
  return wasmFunction('update', parameters, 'none', (scalars, local) => {
    const both = (name: keyof typeof parameters) => ({ scalar: scalars[name], held: local('v128', `${name}s`) });
    const held = {
      factor: both('factor'),
      silent: both('silent'),
      rate: both('rate'),
      decay: both('decay'),
      firstBias: both('firstBias'),
      secondBias: both('secondBias'),
      beta1: both('beta1'),
      beta2: both('beta2'),
      epsilon: both('epsilon'),
    };
    const [restOfBeta1, restOfBeta2] = [local('v128', 'restOfBeta1'), local('v128', 'restOfBeta2')];
    const [at, importance] = [local('i32', 'at'), local('i32', 'importance')];
    const [g, mean, square] = [local('v128', 'g'), local('v128', 'mean'), local('v128', 'square')];
    const { add, subtract, multiply, divide, squareRoot, max, splat, zero, one } = f64x2;

    const toFirst = layout.first - layout.encoder;
    const toSecond = layout.second - layout.encoder;
    const toGradient = layout.encoderGradient - layout.encoder;
    const read = (offset: number): Code<'v128'> => f64x2.fromFloats(v128.loadLow(at, offset));
    const keep = (offset: number, value: Code<'v128'>): Code => v128.storeLow(at, offset, f32x4.fromDoubles(value));
    const direction = divide(
      divide(mean, held.firstBias.held),
      add(squareRoot(divide(square, held.secondBias.held)), held.epsilon.held),
    );
    const entriesTo = (end: number, sum: Code<'v128'>): Code =>
      repeatWhile(i32.lessThan(at, i32.const(end)), [
        set(g, multiply(held.factor.held, sum)),
        set(mean, add(multiply(held.beta1.held, read(toFirst)), multiply(restOfBeta1, g))),
        set(square, add(multiply(held.beta2.held, read(toSecond)), multiply(multiply(restOfBeta2, g), g))),
        keep(0, subtract(multiply(read(0), held.decay.held), multiply(held.rate.held, direction))),
        keep(toFirst, mean),
        keep(toSecond, square),
        moveOn(at, PAIR),
        moveOn(importance, 2 * PAIR),
      ]);
    const silentOutput = model.output === 'linear' ? read(0) : max(zero, read(0));
    const ofSilent = multiply(
      multiply(held.silent.held, v128.load(importance, layout.importanceDoubles)),
      silentOutput,
    );
    return [
      ...Object.values(held).map(({ scalar, held: into }) => set(into, splat(scalar))),
      set(restOfBeta1, subtract(one, held.beta1.held)),
      set(restOfBeta2, subtract(one, held.beta2.held)),
      set(at, i32.const(layout.encoder)),
      entriesTo(layout.b, read(toGradient)),
      set(importance, i32.const(0)),
      entriesTo(layout.b + layout.features * FLOAT, add(read(toGradient), ofSilent)),
    ];
  });
}

/** `panels()`: the decoder's rows → its panels [features / TILE, m, TILE]. */
export function panelsFunction({ m }: ToyModel, layout: HiddenLaneLayout): WasmFunction {
  return wasmFunction('panels', {}, 'none', (_, local) => {
    const [row, rowEnd] = [local('i32', 'row'), local('i32', 'rowEnd')];
    const [panel, tile] = [local('i32', 'panel'), local('i32', 'tile')];
    const last = i32.const(layout.features * layout.rowBytes);
    return [
      set(tile, i32.const(0)),
      set(panel, i32.const(0)),
      repeatWhile(i32.lessThan(tile, last), [
        set(row, tile),
        set(rowEnd, i32.add(tile, i32.const(m * FLOAT))),
        repeatWhile(i32.lessThan(row, rowEnd), [
          ...range(TILE).map((lane) =>
            i32.store(panel, layout.panels + lane * FLOAT, i32.load(row, layout.decoder + lane * layout.rowBytes)),
          ),
          moveOn(row, FLOAT),
          moveOn(panel, TILE * FLOAT),
        ]),
        moveOn(tile, TILE * layout.rowBytes),
      ]),
    ];
  });
}

/** `spread(to)`: n rows of m numbers in `staging` → rows of the kernel's width at `to`. `gather(from)`: the way back. */
export function rowFunctions({ n, m }: ToyModel, layout: HiddenLaneLayout): readonly WasmFunction[] {
  const width = Math.ceil((m * FLOAT) / VECTOR);
  const kept = m % (VECTOR / FLOAT);
  const lane = (k: number): number => (kept === 0 || k < kept ? -1 : 0);
  const ofRow = i32x4.const([lane(0), lane(1), lane(2), lane(3)]);
  const rows = (name: 'spread' | 'gather'): WasmFunction =>
    wasmFunction(name, { row: 'i32' }, 'none', ({ row }, local) => {
      const [packed, left] = [local('i32', 'packed'), local('i32', 'left')];
      const copied = (k: number): Code => {
        const [at, packedAt] = [k * VECTOR, layout.staging + k * VECTOR];
        // Packed, a row's last vector reaches into the next row, which is written after it.
        if (name === 'gather') return v128.store(packed, packedAt, v128.load(row, at));
        const vector = v128.load(packed, packedAt);
        return v128.store(row, at, k === width - 1 ? v128.and(vector, ofRow) : vector);
      };
      return [
        set(packed, i32.const(0)),
        set(left, i32.const(n)),
        repeatWhile(left, [
          ...range(width).map(copied),
          moveOn(packed, m * FLOAT),
          moveOn(row, layout.rowBytes),
          moveOn(left, -1),
        ]),
      ];
    });
  return [rows('spread'), rows('gather')];
}
