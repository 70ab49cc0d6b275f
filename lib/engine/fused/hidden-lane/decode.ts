/** The outputs, tile by tile, and their gradients, segment by segment. */
import { base, FLOAT, FLOAT_SHIFT, LANES, moveOn, range, VECTOR, VECTOR_SHIFT, vectors } from '../emit.ts';
import { f32x4, i32, i32x4, i8x16, repeatWhile, set, v128, when, type Code, type Local } from '../wasm/code.ts';
import { GROUP, TILE } from './layout.ts';
import { gradientOf } from './output.ts';
import { addProduct, overSegments, type Segment } from './product.ts';
import { overEntries, overSamples, type Scope } from './scope.ts';

/** Vectors of a tile's features. */
const HALVES = 2;

/** Percent of a segment's outputs that have a gradient, from which all are gone over: a list's entry takes two to three times as long. */
const DENSE_PERCENT = 65;

/** The tile at hand: its place in the tables of features, in the segment's gradients, and among the panels. All in bytes. */
interface Tile {
  readonly feature: Local<'i32'>;
  readonly inSegment: Local<'i32'>;
  readonly panel: Local<'i32'>;
}

/** o = D h + b and, for a gradient, db, and ∂h and dD over the outputs that have one. */
export function outputs(scope: Scope): readonly Code[] {
  const { layout, local, pass } = scope;
  const tile: Tile = {
    feature: local('i32', 'feature'),
    inSegment: local('i32', 'inSegment'),
    panel: local('i32', 'panel'),
  };
  const decoded = decodeTile(scope, tile);
  return [
    set(scope.lossSum, f32x4.zero),
    set(tile.panel, i32.const(0)),
    ...overSegments(scope, 'outputs', (segment) => [
      set(tile.feature, segment.segment),
      set(tile.inSegment, i32.const(0)),
      set(scope.fired, f32x4.zero),
      repeatWhile(i32.lessThan(tile.inSegment, i32.shiftLeft(segment.features, i32.const(FLOAT_SHIFT))), [
        ...decoded,
        moveOn(tile.feature, TILE * FLOAT),
        moveOn(tile.inSegment, TILE * FLOAT),
        moveOn(tile.panel, layout.panelBytes),
      ]),
      ...(pass === 'loss' ? [] : decodeBackward(scope, segment)),
    ]),
  ];
}

/** One tile of features, for all stored samples, four at a time. */
function decodeTile(scope: Scope, { feature, inSegment, panel }: Tile): readonly Code[] {
  const { pass, layout, arithmetic, local, slots, left, hidden, g } = scope;
  const [x, gAt] = [local('i32', 'x'), local('i32', 'gAt')];
  const [panelAt, panelEnd, hiddenAt] = [local('i32', 'panelAt'), local('i32', 'panelEnd'), local('i32', 'hiddenAt')];
  const o = vectors(local, 'o', GROUP * HALVES);
  const D = vectors(local, 'D', HALVES);
  const b = vectors(local, 'b', HALVES);
  const db = vectors(local, 'db', HALVES);
  const importance = vectors(local, 'importance', HALVES);
  const hk = local('v128', 'hk');
  const halves = range(HALVES);
  const gRowBytes = layout.segment * FLOAT;
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
  /** g of one vector of outputs, and what is done with it. */
  const finish = (sample: number, half: number): readonly Code[] => [
    ...gradientOf(scope, accumulator(sample, half), importance(half), xOf(sample, half)),
    ...(pass === 'loss'
      ? []
      : [
          set(db(half), f32x4.add(db(half), g)),
          // Lanes of −1 where there is one.
          set(scope.fired, i32x4.add(scope.fired, f32x4.notEqual(g, f32x4.zero))),
          v128.store(gAt, layout.g + sample * gRowBytes + half * VECTOR, g),
        ]),
  ];

  const group = [
    ...range(GROUP).flatMap((sample) => halves.map((half) => set(accumulator(sample, half), b(half)))),
    ...overHidden,
    ...range(GROUP).flatMap((sample) => halves.flatMap((half) => finish(sample, half))),
    moveOn(hidden, GROUP * layout.rowBytes),
    moveOn(x, GROUP * layout.features * FLOAT),
    moveOn(gAt, GROUP * gRowBytes),
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
    set(gAt, inSegment),
    set(left, slots),
    repeatWhile(left, group),
    ...(pass === 'loss'
      ? []
      : halves.map((half) => v128.store(feature, layout.biasGradient + half * VECTOR, db(half)))),
  ];
}

/** ∂h += g_i D_i, dD_i += g_i h, over a segment: of the outputs that have a gradient, where these are few, else of all. */
function decodeBackward(scope: Scope, segment: Segment): readonly Code[] {
  const { layout, local, slots, fired } = scope;
  const count = local('i32', 'firedCount');
  const gRowBytes = layout.segment * FLOAT;
  const none = i32.const(0);
  const g = { offset: layout.g, from: none };
  const lanes = range(LANES).map((lane) => i32.load(base, layout.fired + lane * FLOAT));
  const asked = i32.multiply(i32.multiply(slots, segment.features), i32.const(DENSE_PERCENT));
  return [
    v128.store(base, layout.fired, fired),
    set(
      count,
      lanes.reduce((sum, lane) => i32.subtract(sum, lane), none),
    ),
    set(count, i32.lessThan(i32.multiply(count, i32.const(100)), asked)),
    when(count, byLists(scope, segment)),
    when(i32.equal(count, none), [
      ...addProduct(scope, 'hiddenGradient', {
        a: { ...g, row: gRowBytes, step: FLOAT },
        b: { offset: layout.decoder, from: segment.rows, row: layout.rowBytes },
        c: { offset: layout.dh, from: none, row: layout.rowBytes },
        width: layout.rowBytes / VECTOR,
        rows: slots,
        inner: segment.features,
      }),
      ...addProduct(scope, 'decoderGradient', {
        a: { ...g, row: FLOAT, step: gRowBytes },
        b: { offset: layout.h, from: none, row: layout.rowBytes },
        c: { offset: layout.decoderGradient, from: segment.rows, row: layout.rowBytes },
        width: layout.rowBytes / VECTOR,
        rows: segment.features,
        inner: slots,
      }),
    ]),
  ];
}

/** Packs a sample's gradients into a list, without branches, and goes over it, while both are in the first cache. */
function byLists(scope: Scope, { rows, features }: Segment): readonly Code[] {
  const { layout, arithmetic, local, chunkOfRow, list, listStart, listEnd, row, factor, h, dh } = scope;
  const [sample, at, end] = [local('i32', 'gSample'), local('i32', 'gOf'), local('i32', 'gEnd')];
  const [mask, firstRow, g] = [local('i32', 'gMask'), local('i32', 'gFirstRow'), local('v128', 'gPacked')];
  const chunk = range(layout.chunk);
  const packFour = [
    set(g, v128.load(at, layout.g)),
    set(mask, i32.shiftLeft(i32x4.bitmask(f32x4.notEqual(g, f32x4.zero)), i32.const(VECTOR_SHIFT))),
    v128.store(list, layout.gradientValues, i8x16.swizzle(g, v128.load(mask, layout.permutations))),
    v128.store(list, layout.gradientRows, i32x4.add(v128.load(mask, layout.laneRows), i32x4.splat(firstRow))),
    set(list, i32.add(list, i32.shiftLeft(i32.countOnes(mask), i32.const(FLOAT_SHIFT)))),
    moveOn(at, VECTOR),
    moveOn(firstRow, LANES * layout.rowBytes),
  ];
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
        const place = layout.decoderGradient + k * VECTOR;
        return [
          set(dh(k), arithmetic.multiplyAdd(factor, v128.load(row, layout.decoder + k * VECTOR), dh(k))),
          v128.store(row, place, arithmetic.multiplyAdd(factor, h(k), v128.load(row, place))),
        ];
      }),
      end: chunk.map((k) => v128.store(chunkOfRow, layout.dh + k * VECTOR, dh(k))),
    },
  );
  return [
    set(sample, i32.const(0)),
    set(listStart, i32.const(0)),
    ...overSamples(scope, [
      set(at, sample),
      set(end, i32.add(sample, i32.shiftLeft(features, i32.const(FLOAT_SHIFT)))),
      set(firstRow, rows),
      set(list, listStart),
      repeatWhile(i32.lessThan(at, end), packFour),
      set(listEnd, list),
      when(listEnd, spread),
      moveOn(sample, layout.segment * FLOAT),
    ]),
  ];
}
