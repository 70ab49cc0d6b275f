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
import { base, LANES } from '../emit.ts';
import { f32x4, v128 } from '../wasm/code.ts';
import { wasmFunction, wasmModule, type WasmFunction } from '../wasm/module.ts';
import { outputs } from './decode.ts';
import { drawFunction, type DataKind } from './draw.ts';
import { encode, encodeBackward } from './encode.ts';
import { hiddenLaneLayout, type HiddenLaneLayout } from './layout.ts';
import { createScope, type Pass } from './scope.ts';

/** Vector instructions for one sample at density p, with half of the outputs that p leaves silent taken to have a gradient. */
export function costPerSample(model: ToyModel, density: number): number {
  const { features, hidden } = hiddenLaneLayout(model);
  const withGradient = (1 + density) / 2;
  return (features / LANES) * (40 + hidden * (3 + 6 * withGradient + 6 * density));
}

/** Passes over the stored samples, of which `slots`, a multiple of four, are meant. Sums are added to what memory holds. */
export interface HiddenLaneExports {
  /** See draw.ts. */
  readonly draw: (data: number, group: number, member: number, sign: number, samples: number) => number;
  /** Σ dE, dD and db, without 2/(B n). */
  readonly gradient: (slots: number, sparse: number) => void;
  /** The same, and the loss besides. */
  readonly lossAndGradient: (slots: number, sparse: number) => void;
  /** Σ I_i (f₂(o_i) − t_i)² */
  readonly loss: (slots: number, sparse: number) => void;
}

export function hiddenLaneModule(model: ToyModel, data: DataKind, arithmetic: Arithmetic): Uint8Array<ArrayBuffer> {
  const layout = hiddenLaneLayout(model);
  const pass = (name: Pass): WasmFunction => passFunction(name, model, layout, arithmetic);
  return wasmModule([drawFunction(model, data, layout), pass('gradient'), pass('lossAndGradient'), pass('loss')]);
}

function passFunction(pass: Pass, model: ToyModel, layout: HiddenLaneLayout, arithmetic: Arithmetic): WasmFunction {
  return wasmFunction(pass, { slots: 'i32', sparse: 'i32' }, 'none', ({ slots, sparse }, local) => {
    const scope = createScope({ pass, model, layout, arithmetic, local, slots, sparse });
    const addLoss = v128.store(base, layout.loss, f32x4.add(v128.load(base, layout.loss), scope.lossSum));
    return [
      ...encode(scope),
      ...outputs(scope),
      ...(pass === 'loss' ? [] : encodeBackward(scope)),
      ...(pass === 'gradient' ? [] : [addLoss]),
    ];
  });
}
