/**
 * The *hidden-lane* kernel: one step's gradient of one model of any shape, as a WebAssembly module written for its (n, m),
 * activations and target, and for the kind of data.
 *
 * Idea. Four lanes are four hidden dimensions, and only what is not zero is touched:
 *
 *   draw      x is regenerated from the counter (draw.ts), once as it is and once as a list of its active features, packed
 *             without branches. A sample in which no feature is active does what every other such sample does: it is
 *             counted, not stored.
 *   encode    h = f₁(Σ x_i E_i) over the list.
 *   outputs   o_i = D_i · h + b_i for every output, in tiles of 4 samples × 8 features over panels of D: here four lanes are
 *             four features. From it g_i = I_i (f₂(o_i) − t_i) f₂'(o_i), db_i += g_i, and a second list: of the outputs that
 *             have a gradient. Over that list, ∂h += g_i D_i and dD_i += g_i h.
 *   backward  dE_i += x_i ∂h f₁' over the first list.
 *
 * That is the way by lists. Where most features are active, or most outputs have a gradient, the same products are made densely
 * (product.ts); where few are, of a linear hidden layer, by pairs of features (pairs.ts). Which way it is, ways.ts says by data and size.
 *
 * The factor 2/(B n) is the caller's. Features are gone through in segments, whose rows of the matrices and their gradients stay in
 * a core's first cache while every stored sample passes by.
 *
 * Cost per sample: (1 + 2a + 2p) n m multiply-adds, p the share of active features and a that of outputs with a gradient; a
 * dense step costs 5 n m.
 *
 * Tolerance: gradients within 1e-5 of float64 (greatest error over greatest entry) at B = 1,024. With portable arithmetic every
 * operation is integer or exactly rounded IEEE 754 and the order of summation is fixed by the spec: the same bits on every machine.
 */
import type { ToyModel } from '#lib/model/toy';
import type { Arithmetic } from '../arithmetic.ts';
import { base } from '../emit.ts';
import { f32x4, i32, v128, when } from '../wasm/code.ts';
import { wasmFunction, wasmModule, type WasmFunction } from '../wasm/module.ts';
import { outputs } from './decode.ts';
import { drawFunction, DRAWS, type DrawName } from './draw.ts';
import { encode, encodeBackward } from './encode.ts';
import { hiddenLaneLayout, type HiddenLaneLayout } from './layout.ts';
import { outputsByPairs, relateFunction, unrelateFunction } from './pairs.ts';
import { panelsFunction, rowFunctions, updateFunction, type Update } from './update.ts';
import { createScope, WAYS, type Pass } from './scope.ts';
import type { DataKind } from './values.ts';

/** See draw.ts. */
type Draw = (data: number, group: number, member: number, sign: number, samples: number) => number;

/** Passes over the stored samples, of which `slots`, a multiple of four, are meant. Sums are added to what memory holds. */
export interface HiddenLaneExports extends Readonly<Record<DrawName, Draw>> {
  /** Σ dE, dD and db, without 2/(B n). */
  readonly gradient: (slots: number, way: number) => void;
  /** The same, and the loss besides. */
  readonly lossAndGradient: (slots: number, way: number) => void;
  /** Σ I_i (f₂(o_i) − t_i)² */
  readonly loss: (slots: number, way: number) => void;
  /** See pairs.ts. */
  readonly relate: () => void;
  readonly unrelate: () => void;
  /** See update.ts. */
  readonly update: Update;
  readonly panels: () => void;
  readonly spread: (to: number) => void;
  readonly gather: (from: number) => void;
}

export function hiddenLaneModule(model: ToyModel, data: DataKind, arithmetic: Arithmetic): Uint8Array<ArrayBuffer> {
  const layout = hiddenLaneLayout(model, arithmetic);
  const pass = (name: Pass): WasmFunction => passFunction(name, model, layout, arithmetic);
  const pairs =
    layout.pairBytes === 0
      ? []
      : [relateFunction(model, layout, arithmetic), unrelateFunction(model, layout, arithmetic)];
  return wasmModule([
    ...DRAWS.map((name) => drawFunction(name, { n: model.n, kind: data, layout, arithmetic })),
    pass('gradient'),
    pass('lossAndGradient'),
    pass('loss'),
    ...pairs,
    updateFunction(model, layout),
    panelsFunction(model, layout),
    ...rowFunctions(model, layout),
  ]);
}

function passFunction(pass: Pass, model: ToyModel, layout: HiddenLaneLayout, arithmetic: Arithmetic): WasmFunction {
  return wasmFunction(pass, { slots: 'i32', way: 'i32' }, 'none', ({ slots, way }, local) => {
    const scope = createScope({ pass, model, layout, arithmetic, local, slots, way });
    const addLoss = v128.store(base, layout.loss, f32x4.add(v128.load(base, layout.loss), scope.lossSum));
    const byHidden = [...encode(scope), ...outputs(scope), ...(pass === 'loss' ? [] : encodeBackward(scope))];
    const byPairs = i32.equal(way, i32.const(WAYS.byPairs));
    return [
      ...(layout.pairBytes === 0
        ? byHidden
        : [when(byPairs, outputsByPairs(scope)), when(i32.equal(byPairs, i32.const(0)), byHidden)]),
      ...(pass === 'gradient' ? [] : [addLoss]),
    ];
  });
}
