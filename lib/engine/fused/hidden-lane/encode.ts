/** The hidden layer, from the lists of active features, and its gradient back into the encoder. */
import { FLOAT, range, VECTOR } from '../emit.ts';
import { f32x4, i32, set, v128, when, type Code } from '../wasm/code.ts';
import { addProduct, overSegments } from './product.ts';
import { overActive, overEntries, overSamples, WAYS, type Scope } from './scope.ts';

/** h = f₁(Σ x_i E_i); ∂h = 0. */
export function encode(scope: Scope): readonly Code[] {
  const { model, layout, arithmetic, hidden, chunkOfRow, row, factor, h } = scope;
  const chunk = range(layout.chunk);
  const wholeRow = range(layout.rowBytes / VECTOR);
  const clear = wholeRow.flatMap((k) => [
    v128.store(hidden, layout.h + k * VECTOR, f32x4.zero),
    v128.store(hidden, layout.dh + k * VECTOR, f32x4.zero),
  ]);
  const rectify = wholeRow.map((k) => {
    const at = layout.h + k * VECTOR;
    return v128.store(hidden, at, f32x4.greater(f32x4.zero, v128.load(hidden, at)));
  });
  const addRows = overEntries(
    scope,
    'encode',
    { values: layout.activeValues, rows: layout.activeRows },
    {
      begin: chunk.map((k) => set(h(k), v128.load(chunkOfRow, layout.h + k * VECTOR))),
      body: chunk.map((k) =>
        set(h(k), arithmetic.multiplyAdd(factor, v128.load(row, layout.encoder + k * VECTOR), h(k))),
      ),
      end: chunk.map((k) => v128.store(chunkOfRow, layout.h + k * VECTOR, h(k))),
    },
  );
  return [
    ...overSamples(scope, clear),
    ...eitherWay(
      scope,
      overActive(scope, 'encode', addRows),
      overSegments(scope, 'encodeDensely', ({ segment, rows, features }) =>
        addProduct(scope, 'encodeDensely', {
          a: { offset: layout.x, from: segment, row: layout.features * FLOAT, step: FLOAT },
          b: { offset: layout.encoder, from: rows, row: layout.rowBytes },
          c: { offset: layout.h, from: i32.const(0), row: layout.rowBytes },
          width: layout.rowBytes / VECTOR,
          rows: scope.slots,
          inner: features,
        }),
      ),
    ),
    ...(model.hidden === 'relu' ? overSamples(scope, rectify) : []),
  ];
}

/** By the lists where the data are sparse, else densely. */
const eitherWay = ({ way }: Scope, byLists: readonly Code[], densely: readonly Code[]): readonly Code[] => [
  when(way, byLists),
  when(i32.equal(way, i32.const(WAYS.densely)), densely),
];

/** dE_i += x_i ∂h f₁'. */
export function encodeBackward(scope: Scope): readonly Code[] {
  const { model, layout, arithmetic, hidden, chunkOfRow, row, factor, dh } = scope;
  const chunk = range(layout.chunk);
  const close = range(layout.rowBytes / VECTOR).map((k) => {
    const open = f32x4.greaterThan(v128.load(hidden, layout.h + k * VECTOR), f32x4.zero);
    const at = layout.dh + k * VECTOR;
    return v128.store(hidden, at, v128.and(v128.load(hidden, at), open));
  });
  const addRows = overEntries(
    scope,
    'encodeBackward',
    { values: layout.activeValues, rows: layout.activeRows },
    {
      begin: chunk.map((k) => set(dh(k), v128.load(chunkOfRow, layout.dh + k * VECTOR))),
      body: chunk.map((k) => {
        const at = layout.encoderGradient + k * VECTOR;
        return v128.store(row, at, arithmetic.multiplyAdd(factor, dh(k), v128.load(row, at)));
      }),
      end: [],
    },
  );
  return [
    ...(model.hidden === 'relu' ? overSamples(scope, close) : []),
    ...eitherWay(
      scope,
      overActive(scope, 'encodeBackward', addRows),
      overSegments(scope, 'encodeBackwardDensely', ({ segment, rows, features }) =>
        addProduct(scope, 'encodeBackwardDensely', {
          a: { offset: layout.x, from: segment, row: FLOAT, step: layout.features * FLOAT },
          b: { offset: layout.dh, from: i32.const(0), row: layout.rowBytes },
          c: { offset: layout.encoderGradient, from: rows, row: layout.rowBytes },
          width: layout.rowBytes / VECTOR,
          rows: features,
          inner: scope.slots,
        }),
      ),
    ),
  ];
}
