/** The outputs, tile by tile, and their gradients, segment by segment. */
import { FLOAT, FLOAT_SHIFT, moveOn, range, VECTOR, VECTOR_SHIFT, vectors } from '../emit.ts';
import { f32x4, i32, i32x4, i8x16, repeatWhile, set, v128, when, type Code, type Local } from '../wasm/code.ts';
import { GROUP, TILE } from './layout.ts';
import { overEntries, overSamples, type Scope } from './scope.ts';

/** Vectors of a tile's features. */
const HALVES = 2;

/** The tile at hand: its place in the tables of features, among the panels, and its first row's offset. All in bytes. */
interface Tile {
  readonly feature: Local<'i32'>;
  readonly panel: Local<'i32'>;
  readonly firstRow: Local<'i32'>;
}

/** o = D h + b and, for a gradient, db, and ∂h and dD over the outputs that have one. */
export function outputs(scope: Scope): readonly Code[] {
  const { layout, local, pass } = scope;
  const tile: Tile = {
    feature: local('i32', 'feature'),
    panel: local('i32', 'panel'),
    firstRow: local('i32', 'firstRow'),
  };
  const segmentEnd = local('i32', 'segmentEnd');
  const last = i32.const(layout.features * FLOAT);
  const slot = local('i32', 'slot');
  const backward = pass !== 'loss';
  const decoded = decodeTile(scope, tile);
  return [
    set(scope.lossSum, f32x4.zero),
    set(tile.feature, i32.const(0)),
    set(tile.panel, i32.const(0)),
    set(tile.firstRow, i32.const(0)),
    repeatWhile(i32.lessThan(tile.feature, last), [
      set(segmentEnd, i32.add(tile.feature, i32.const(layout.segment * FLOAT))),
      when(i32.lessThan(last, segmentEnd), [set(segmentEnd, last)]),
      ...(backward ? emptyLists(scope, slot) : []),
      repeatWhile(i32.lessThan(tile.feature, segmentEnd), [
        ...decoded,
        moveOn(tile.feature, TILE * FLOAT),
        moveOn(tile.panel, layout.panelBytes),
        moveOn(tile.firstRow, TILE * layout.rowBytes),
      ]),
      ...(backward ? decodeBackward(scope, slot) : []),
    ]),
  ];
}

function emptyLists(scope: Scope, slot: Local<'i32'>): readonly Code[] {
  const { layout, local } = scope;
  const start = local('i32', 'emptyList');
  return [
    set(slot, i32.const(0)),
    set(start, i32.const(0)),
    ...overSamples(scope, [
      i32.store(slot, layout.gradientEnds, start),
      moveOn(slot, FLOAT),
      moveOn(start, layout.gradientListBytes),
    ]),
  ];
}

/** One tile of features, for all stored samples, four at a time. */
function decodeTile(scope: Scope, { feature, panel, firstRow }: Tile): readonly Code[] {
  const { pass, model, layout, arithmetic, local, slots, left, hidden } = scope;
  const [x, slot, list, mask] = [local('i32', 'x'), local('i32', 'group'), local('i32', 'gList'), local('i32', 'mask')];
  const [panelAt, panelEnd, hiddenAt] = [local('i32', 'panelAt'), local('i32', 'panelEnd'), local('i32', 'hiddenAt')];
  const o = vectors(local, 'o', GROUP * HALVES);
  const D = vectors(local, 'D', HALVES);
  const b = vectors(local, 'b', HALVES);
  const db = vectors(local, 'db', HALVES);
  const importance = vectors(local, 'importance', HALVES);
  const [hk, error, g] = [local('v128', 'hk'), local('v128', 'error'), local('v128', 'g')];
  const halves = range(HALVES);
  const accumulator = (sample: number, half: number): Local<'v128'> => o(sample * HALVES + half);

  /**
   * o += Σ h_k D_k, one k at a time. Written out, it takes 1.5 times as long: V8's scheduler reads everything at the start, into
   * more variables than there are registers.
   */
  const overHidden = [
    set(panelAt, panel),
    set(hiddenAt, hidden),
    set(panelEnd, i32.add(panel, i32.const(layout.panelBytes))),
    repeatWhile(i32.lessThan(panelAt, panelEnd), [
      ...halves.map((half) => set(D(half), v128.load(panelAt, layout.panels + half * VECTOR))),
      ...range(GROUP).flatMap((sample) => [
        set(hk, v128.loadSplat(hiddenAt, layout.h + sample * layout.rowBytes)),
        ...halves.map((half) => {
          const sum = accumulator(sample, half);
          return set(sum, arithmetic.multiplyAdd(hk, D(half), sum));
        }),
      ]),
      moveOn(panelAt, TILE * FLOAT),
      moveOn(hiddenAt, FLOAT),
    ]),
  ];

  const xOf = (sample: number, half: number): Code<'v128'> =>
    v128.load(x, layout.x + sample * layout.features * FLOAT + half * VECTOR);
  const target = (sample: number, half: number): Code<'v128'> =>
    model.target === 'abs' ? f32x4.absolute(xOf(sample, half)) : xOf(sample, half);
  const activated = (value: Code<'v128'>): Code<'v128'> =>
    model.output === 'linear' ? value : f32x4.greater(f32x4.zero, value);
  const closedIsZero = (value: Code<'v128'>, output: Code<'v128'>): Code<'v128'> =>
    model.output === 'linear' ? value : v128.and(value, f32x4.greaterThan(output, f32x4.zero));

  /** Adds the outputs with a gradient to the sample's list: the value g of `half`. */
  const pack = (half: number): readonly Code[] => [
    set(mask, i32.shiftLeft(i32x4.bitmask(f32x4.notEqual(g, f32x4.zero)), i32.const(VECTOR_SHIFT))),
    v128.store(list, layout.gradientValues, i8x16.swizzle(g, v128.load(mask, layout.permutations))),
    v128.store(
      list,
      layout.gradientRows,
      i32x4.add(
        v128.load(mask, layout.laneRows),
        i32x4.splat(half === 0 ? firstRow : i32.add(firstRow, i32.const((TILE / HALVES) * layout.rowBytes))),
      ),
    ),
    set(list, i32.add(list, i32.shiftLeft(i32.countOnes(mask), i32.const(FLOAT_SHIFT)))),
  ];
  /** g = I (f₂(o) − t) f₂' of one vector of outputs, and what is done with it. */
  const finish = (sample: number, half: number): readonly Code[] => {
    const output = accumulator(sample, half);
    return [
      set(error, f32x4.subtract(activated(output), target(sample, half))),
      set(g, f32x4.multiply(importance(half), error)),
      ...(pass === 'gradient' ? [] : [set(scope.lossSum, arithmetic.multiplyAdd(g, error, scope.lossSum))]),
      ...(pass === 'loss'
        ? []
        : [set(g, closedIsZero(g, output)), set(db(half), f32x4.add(db(half), g)), ...pack(half)]),
    ];
  };
  const inList = (sample: number, body: readonly Code[]): readonly Code[] =>
    pass === 'loss'
      ? body
      : [
          set(list, i32.load(slot, layout.gradientEnds + sample * FLOAT)),
          ...body,
          i32.store(slot, layout.gradientEnds + sample * FLOAT, list),
        ];

  const group = [
    ...range(GROUP).flatMap((sample) => halves.map((half) => set(accumulator(sample, half), b(half)))),
    ...overHidden,
    ...range(GROUP).flatMap((sample) =>
      inList(
        sample,
        halves.flatMap((half) => finish(sample, half)),
      ),
    ),
    moveOn(hidden, GROUP * layout.rowBytes),
    moveOn(x, GROUP * layout.features * FLOAT),
    moveOn(slot, GROUP * FLOAT),
    moveOn(left, -GROUP),
  ];
  const table = (at: number, half: number): Code<'v128'> => v128.load(feature, at + half * VECTOR);
  return [
    ...halves.flatMap((half) => [
      set(b(half), table(layout.b, half)),
      set(importance(half), table(layout.importance, half)),
      set(db(half), table(layout.biasGradient, half)),
    ]),
    set(hidden, i32.const(0)),
    set(x, feature),
    set(slot, i32.const(0)),
    set(left, slots),
    repeatWhile(left, group),
    ...(pass === 'loss'
      ? []
      : halves.map((half) => v128.store(feature, layout.biasGradient + half * VECTOR, db(half)))),
  ];
}

/** ∂h += g_i D_i, dD_i += g_i h, over a segment's outputs that have a gradient. */
function decodeBackward(scope: Scope, slot: Local<'i32'>): readonly Code[] {
  const { layout, arithmetic, local, chunkOfRow, listStart, listEnd, row, factor, h, dh } = scope;
  const start = local('i32', 'gradientList');
  const chunk = range(layout.chunk);
  const spread = overEntries(
    scope,
    'decodeBackward',
    { values: layout.gradientValues, rows: layout.gradientRows },
    {
      begin: chunk.flatMap((k) => [
        set(h(k), v128.load(chunkOfRow, layout.h + k * VECTOR)),
        set(dh(k), v128.load(chunkOfRow, layout.dh + k * VECTOR)),
      ]),
      body: chunk.flatMap((k) => {
        const at = layout.decoderGradient + k * VECTOR;
        return [
          set(dh(k), arithmetic.multiplyAdd(factor, v128.load(row, layout.decoder + k * VECTOR), dh(k))),
          v128.store(row, at, arithmetic.multiplyAdd(factor, h(k), v128.load(row, at))),
        ];
      }),
      end: chunk.map((k) => v128.store(chunkOfRow, layout.dh + k * VECTOR, dh(k))),
    },
  );
  return [
    set(slot, i32.const(0)),
    set(start, i32.const(0)),
    ...overSamples(scope, [
      set(listStart, start),
      set(listEnd, i32.load(slot, layout.gradientEnds)),
      when(i32.lessThan(listStart, listEnd), spread),
      moveOn(slot, FLOAT),
      moveOn(start, layout.gradientListBytes),
    ]),
  ];
}
