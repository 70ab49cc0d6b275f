/**
 * The dense way: C += A B in tiles of four rows of A and two vectors of B's rows, whose sums stay in eight registers while all
 * of the inner dimension passes by. As much of a tile as V8's sixteen registers take: six loads for eight multiply-adds.
 *
 * A vector that is left over would make tiles of four sums, each of which waits for the one before it. With portable arithmetic the last
 * three vectors make tiles of two rows instead, which add in the same order. Where multiply-adds are fused, a sum waits longer still:
 * there the last vector takes two of the inner dimension in a turn, and adds once for two products.
 */
import { FLOAT, moveOn, range, VECTOR, vectors } from '../emit.ts';
import { f32x4, i32, repeatWhile, set, v128, type Code, type Local } from '../wasm/code.ts';
import type { Scope } from './scope.ts';

/** Of A's rows and of vectors of B's; rows divide what a block stores, and a segment. */
interface Tile {
  readonly rows: 2 | 4;
  readonly columns: 1 | 2 | 3;
}
const USUAL: Tile = { rows: 4, columns: 2 };
const LAST_OF_ODD: Tile = { rows: 2, columns: 3 };
const LEFT_OVER: Tile = { rows: 4, columns: 1 };
const MOST_SUMS = 8;
const MOST_COLUMNS = 3;

/** Where a matrix begins: a fixed offset, and what is added to it. */
interface Place {
  readonly offset: number;
  readonly from: Code<'i32'>;
}

/** A [rows, inner] of numbers anywhere, B [inner, width] and C [rows, width] of vectors; `row` and `step` in bytes. */
export interface Product {
  readonly a: Place & { readonly row: number; readonly step: number };
  readonly b: Place & { readonly row: number };
  readonly c: Place & { readonly row: number };
  /** Vectors of a row. */
  readonly width: number;
  /** A multiple of four. */
  readonly rows: Code<'i32'>;
  /** Even where the width is odd. */
  readonly inner: Code<'i32'>;
}

/** `name` is that of the product's variables. */
export function addProduct(
  scope: Pick<Scope, 'arithmetic' | 'local'>,
  name: string,
  { a, b, c, width, rows, inner }: Product,
): readonly Code[] {
  const { arithmetic, local } = scope;
  const pointer = (of: string) => local('i32', `${name}${of}`);
  const [rowsLeft, aRow, cRow, column] = [pointer('Rows'), pointer('ARow'), pointer('CRow'), pointer('Column')];
  const [left, aAt, bAt, cAt] = [pointer('Left'), pointer('AAt'), pointer('BAt'), pointer('CAt')];
  const sums = vectors(local, `${name}Sum`, MOST_SUMS);
  const B = vectors(local, `${name}B`, MOST_COLUMNS);
  const [factor, product] = [local('v128', `${name}Factor`), local('v128', `${name}Product`)];
  const takeFactor = (row: number, step = 0): Code =>
    set(factor, v128.loadSplat(aAt, a.offset + row * a.row + step * a.step));

  /** One of the inner dimension. */
  const addOne = ({ rows, columns }: Tile): readonly Code[] => [
    ...range(columns).map((v) => set(B(v), v128.load(bAt, b.offset + v * VECTOR))),
    ...range(rows).flatMap((row) => [
      takeFactor(row),
      ...range(columns).map((v) => addTo(sums(row * columns + v), B(v))),
    ]),
    ...moveOnInner(1),
  ];
  const addTo = (sum: Local<'v128'>, vector: Local<'v128'>): Code =>
    set(sum, arithmetic.multiplyAdd(factor, vector, sum));

  /** Two of it, to sums of one column. */
  const addTwo = ({ rows }: Tile): readonly Code[] => [
    ...range(2).map((step) => set(B(step), v128.load(bAt, b.offset + step * b.row))),
    ...range(rows).flatMap((row) => [
      takeFactor(row, 0),
      set(product, f32x4.multiply(factor, B(0))),
      takeFactor(row, 1),
      set(sums(row), f32x4.add(sums(row), arithmetic.multiplyAdd(factor, B(1), product))),
    ]),
    ...moveOnInner(2),
  ];
  const moveOnInner = (steps: number): readonly Code[] => [
    moveOn(aAt, steps * a.step),
    moveOn(bAt, steps * b.row),
    moveOn(left, -steps),
  ];

  /** `columns` vectors of all rows of C, from `column` on. */
  function strip(tile: Tile, addProducts: (tile: Tile) => readonly Code[]): readonly Code[] {
    const each = range(tile.rows * tile.columns).map((i) => {
      const [row, v] = [Math.floor(i / tile.columns), i % tile.columns];
      return { sum: sums(i), place: c.offset + row * c.row + v * VECTOR };
    });
    return [
      set(rowsLeft, rows),
      set(aRow, a.from),
      set(cRow, c.from),
      repeatWhile(rowsLeft, [
        set(cAt, i32.add(cRow, column)),
        set(aAt, aRow),
        set(bAt, i32.add(b.from, column)),
        set(left, inner),
        ...each.map(({ sum, place }) => set(sum, v128.load(cAt, place))),
        repeatWhile(left, addProducts(tile)),
        ...each.map(({ sum, place }) => v128.store(cAt, place, sum)),
        moveOn(aRow, tile.rows * a.row),
        moveOn(cRow, tile.rows * c.row),
        moveOn(rowsLeft, -tile.rows),
      ]),
      moveOn(column, tile.columns * VECTOR),
    ];
  }

  const last = width % USUAL.columns === 0 ? 0 : arithmetic.isFused ? 1 : Math.min(LAST_OF_ODD.columns, width);
  const whole = width - last;
  const lastStrip = (): readonly Code[] => {
    if (last === 0) return [];
    if (last === LAST_OF_ODD.columns) return strip(LAST_OF_ODD, addOne);
    return strip(LEFT_OVER, arithmetic.isFused ? addTwo : addOne);
  };
  return [
    set(column, i32.const(0)),
    ...(whole === 0 ? [] : [repeatWhile(i32.lessThan(column, i32.const(whole * VECTOR)), strip(USUAL, addOne))]),
    ...lastStrip(),
  ];
}

/** Its first feature's place in the tables and that of its row, in bytes; and how many features it has. */
export type Segment = Readonly<Record<'segment' | 'rows' | 'features', Code<'i32'>>>;

/** `body` for each segment. */
export function overSegments(
  { layout, local }: Pick<Scope, 'layout' | 'local'>,
  name: string,
  body: (segment: Segment) => readonly Code[],
): readonly Code[] {
  const segment = local('i32', `${name}Segment`);
  const rows = local('i32', `${name}SegmentRows`);
  const features = local('i32', `${name}Features`);
  const whole = i32.const(layout.segment);
  const rest = layout.features % layout.segment;
  const last = i32.const((layout.segments - 1) * layout.segment * FLOAT);
  return [
    set(segment, i32.const(0)),
    set(rows, i32.const(0)),
    set(features, whole),
    repeatWhile(i32.lessThan(segment, i32.const(layout.features * FLOAT)), [
      ...(rest === 0
        ? []
        : [
            set(
              features,
              i32.subtract(whole, i32.multiply(i32.equal(segment, last), i32.const(layout.segment - rest))),
            ),
          ]),
      ...body({ segment, rows, features }),
      moveOn(segment, layout.segment * FLOAT),
      moveOn(rows, layout.segment * layout.rowBytes),
    ]),
  ];
}
