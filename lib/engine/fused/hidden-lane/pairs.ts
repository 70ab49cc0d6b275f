/**
 * The way of pairs: for sparse data and a linear hidden layer, where n is several times m.
 *
 * Idea. With M = E Dᵀ [n, n], computed once a step, o = b + Σ x_i M_i over a sample's active features, and everything that the
 * gradient needs of the samples is ∂M_i += x_i g: then ∂E = ∂M D and ∂D = ∂Mᵀ E, once a step. Neither h, nor ∂h, nor lists of
 * outputs are needed, and g never leaves its registers.
 *
 * Cost: 2 p n² multiply-adds a sample and 3 n² m a step, 2 n² m of a tied model with fused arithmetic, instead of (1 + 2a + 2p) n m a
 * sample.
 */
import type { ToyModel } from '#lib/model/toy';
import { FLOAT, moveOn, range, VECTOR, vectors } from '../emit.ts';
import { f32, f32x4, f64, i32, repeatWhile, set, v128, when, type Code, type Local } from '../wasm/code.ts';
import { wasmFunction, type Locals, type WasmFunction } from '../wasm/module.ts';
import type { Arithmetic } from '../arithmetic.ts';
import { TILE, type HiddenLaneLayout } from './layout.ts';
import { gradientOf } from './output.ts';
import { addProduct } from './product.ts';
import type { Scope } from './scope.ts';

/** Vectors of outputs that are held in variables at once: with as many of M and a factor, they fill V8's fifteen registers. */
const OUTPUTS = 7;

const start = i32.const(0);

/** `relate()`: M += E Dᵀ. */
export function relateFunction(
  { m }: { readonly m: number },
  layout: HiddenLaneLayout,
  arithmetic: Arithmetic,
): WasmFunction {
  return wasmFunction('relate', {}, 'none', (_, local) => {
    const [panel, column] = [local('i32', 'panel'), local('i32', 'column')];
    return [
      set(panel, start),
      set(column, start),
      repeatWhile(i32.lessThan(column, i32.const(layout.features * FLOAT)), [
        ...addProduct({ arithmetic, local }, 'pairs', {
          a: { offset: layout.encoder, from: start, row: layout.rowBytes, step: FLOAT },
          b: { offset: layout.panels, from: panel, row: TILE * FLOAT },
          c: { offset: layout.pairs, from: column, row: layout.pairRowBytes },
          width: (TILE * FLOAT) / VECTOR,
          rows: i32.const(layout.features),
          inner: i32.const(m),
        }),
        moveOn(panel, layout.panelBytes),
        moveOn(column, TILE * FLOAT),
      ]),
    ];
  });
}

/** `unrelate()`: dE += ∂M D, dD += ∂Mᵀ E. Of a tied model, whose both are one, at once where bits are the machine's own: (∂M + ∂Mᵀ) E. */
export function unrelateFunction(
  { kind }: Pick<ToyModel, 'kind'>,
  layout: HiddenLaneLayout,
  arithmetic: Arithmetic,
): WasmFunction {
  return wasmFunction('unrelate', {}, 'none', (_, local) => {
    const atOnce = kind === 'tied' && arithmetic.isFused;
    const all = i32.const(layout.features);
    const matrix = (offset: number) => ({ offset, from: start, row: layout.rowBytes });
    const a = { offset: layout.pairGradient, from: start };
    const width = layout.rowBytes / VECTOR;
    return [
      ...(atOnce ? addTransposed(layout, local) : []),
      ...addProduct({ arithmetic, local }, 'encoder', {
        a: { ...a, row: layout.pairRowBytes, step: FLOAT },
        b: matrix(layout.decoder),
        c: matrix(layout.encoderGradient),
        ...{ width, rows: all, inner: all },
      }),
      ...(atOnce
        ? []
        : addProduct({ arithmetic, local }, 'decoder', {
            a: { ...a, row: FLOAT, step: layout.pairRowBytes },
            b: matrix(layout.encoder),
            c: matrix(layout.decoderGradient),
            ...{ width, rows: all, inner: all },
          })),
    ];
  });
}

/** ∂M += ∂Mᵀ, up to the diagonal and mirrored. */
function addTransposed({ pairGradient, pairRowBytes, features }: HiddenLaneLayout, local: Locals): readonly Code[] {
  const [row, column] = [local('i32', 'row'), local('i32', 'column')];
  const [at, across, end] = [local('i32', 'at'), local('i32', 'across'), local('i32', 'end')];
  const sum = local('f64', 'sum');
  return [
    set(row, start),
    set(column, start),
    repeatWhile(i32.lessThan(row, i32.const(features * pairRowBytes)), [
      set(at, row),
      set(across, column),
      moveOn(column, FLOAT),
      set(end, i32.add(row, column)),
      repeatWhile(i32.lessThan(at, end), [
        set(sum, f64.add(f64.fromFloat(f32.load(at, pairGradient)), f64.fromFloat(f32.load(across, pairGradient)))),
        f32.store(at, pairGradient, f32.fromDouble(sum)),
        f32.store(across, pairGradient, f32.fromDouble(sum)),
        moveOn(at, FLOAT),
        moveOn(across, pairRowBytes),
      ]),
      moveOn(row, pairRowBytes),
    ]),
  ];
}

/** o = b + Σ x_i M_i of each stored sample and, for a gradient, db and ∂M. */
export function outputsByPairs(scope: Scope): readonly Code[] {
  const { layout, local, slots, left, lossSum } = scope;
  const [slot, x, column] = [local('i32', 'pairSlot'), local('i32', 'pairX'), local('i32', 'pairColumn')];
  const width = layout.features * (FLOAT / VECTOR);
  const rest = width % OUTPUTS;
  const some = outputsOfSample(scope, { x, column }, local);
  return [
    set(lossSum, f32x4.zero),
    set(slot, start),
    set(x, start),
    set(left, slots),
    repeatWhile(left, [
      set(scope.listStart, i32.load(slot, layout.starts)),
      set(scope.listEnd, i32.load(slot, layout.starts + layout.segments * layout.block * FLOAT)),
      set(column, start),
      ...(width < OUTPUTS
        ? []
        : [repeatWhile(i32.lessThan(column, i32.const((width - rest) * VECTOR)), some(OUTPUTS))]),
      ...(rest === 0 ? [] : some(rest)),
      moveOn(slot, FLOAT),
      moveOn(x, layout.features * FLOAT),
      moveOn(left, -1),
    ]),
  ];
}

function outputsOfSample(
  scope: Scope,
  { x, column }: { readonly x: Local<'i32'>; readonly column: Local<'i32'> },
  local: Locals,
): (count: number) => readonly Code[] {
  const { pass, layout, arithmetic, list, listStart, listEnd, row, factor } = scope;
  const o = vectors(local, 'pairOutput', OUTPUTS);
  const [target, any] = [local('i32', 'pairTarget'), local('v128', 'pairAny')];
  const ratio = layout.pairRowBytes / layout.rowBytes;

  const overList = (body: readonly Code[]): Code =>
    when(i32.lessThan(listStart, listEnd), [
      set(list, listStart),
      repeatWhile(i32.lessThan(list, listEnd), [
        set(factor, v128.loadSplat(list, layout.activeValues)),
        set(row, i32.add(i32.multiply(i32.load(list, layout.activeRows), i32.const(ratio)), column)),
        ...body,
        moveOn(list, FLOAT),
      ]),
    ]);
  const table = (offset: number, k: number): Code<'v128'> => v128.load(column, offset + k * VECTOR);
  const finish = (k: number): readonly Code[] => {
    const db = layout.biasGradient + k * VECTOR;
    return [
      ...gradientOf(scope, o(k), table(layout.importance, k), v128.load(target, layout.x + k * VECTOR)),
      ...(pass === 'loss'
        ? []
        : [
            set(o(k), scope.g),
            v128.store(column, db, f32x4.add(v128.load(column, db), scope.g)),
            set(any, v128.or(any, scope.g)),
          ]),
    ];
  };
  return (count) => [
    ...range(count).map((k) => set(o(k), table(layout.b, k))),
    overList(
      range(count).map((k) =>
        set(o(k), arithmetic.multiplyAdd(factor, v128.load(row, layout.pairs + k * VECTOR), o(k))),
      ),
    ),
    set(target, i32.add(x, column)),
    set(any, f32x4.zero),
    ...range(count).flatMap(finish),
    ...(pass === 'loss'
      ? []
      : [
          when(v128.anyTrue(any), [
            overList(
              range(count).map((k) => {
                const at = layout.pairGradient + k * VECTOR;
                return v128.store(row, at, arithmetic.multiplyAdd(factor, o(k), v128.load(row, at)));
              }),
            ),
          ]),
        ]),
    moveOn(column, count * VECTOR),
  ];
}
