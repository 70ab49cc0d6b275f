/**
 * The dense way: C += A B in tiles of four rows of A and two vectors of B's rows, whose sums stay in eight registers while all
 * of the inner dimension passes by. As much of a tile as V8's sixteen registers take: six loads for eight multiply-adds.
 */
import { FLOAT, moveOn, range, VECTOR, vectors } from '../emit.ts';
import { i32, repeatWhile, set, v128, type Code } from '../wasm/code.ts';
import type { Scope } from './scope.ts';

/** Rows of A in a tile: it divides what a block stores, and a segment. */
const ROWS = 4;
/** Vectors of a row of B in a tile. */
const COLUMNS = 2;

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
  const sums = vectors(local, `${name}Sum`, ROWS * COLUMNS);
  const B = vectors(local, `${name}B`, COLUMNS);
  const factor = local('v128', `${name}Factor`);

  function tile(columns: number): readonly Code[] {
    const each = range(ROWS).flatMap((row) => range(columns).map((v) => ({ row, v, sum: sums(row * COLUMNS + v) })));
    const place = ({ row, v }: { row: number; v: number }): number => c.offset + row * c.row + v * VECTOR;
    return [
      set(cAt, i32.add(cRow, column)),
      set(aAt, aRow),
      set(bAt, i32.add(b.from, column)),
      set(left, inner),
      ...each.map((entry) => set(entry.sum, v128.load(cAt, place(entry)))),
      repeatWhile(left, [
        ...range(columns).map((v) => set(B(v), v128.load(bAt, b.offset + v * VECTOR))),
        ...range(ROWS).flatMap((row) => [
          set(factor, v128.loadSplat(aAt, a.offset + row * a.row)),
          ...range(columns).map((v) => {
            const sum = sums(row * COLUMNS + v);
            return set(sum, arithmetic.multiplyAdd(factor, B(v), sum));
          }),
        ]),
        moveOn(aAt, a.step),
        moveOn(bAt, b.row),
        moveOn(left, -1),
      ]),
      ...each.map((entry) => v128.store(cAt, place(entry), entry.sum)),
      moveOn(column, columns * VECTOR),
    ];
  }

  const whole = width - (width % COLUMNS);
  return [
    set(rowsLeft, rows),
    set(aRow, a.from),
    set(cRow, c.from),
    repeatWhile(rowsLeft, [
      set(column, i32.const(0)),
      ...(whole === 0 ? [] : [repeatWhile(i32.lessThan(column, i32.const(whole * VECTOR)), tile(COLUMNS))]),
      ...(whole === width ? [] : tile(width - whole)),
      moveOn(aRow, ROWS * a.row),
      moveOn(cRow, ROWS * c.row),
      moveOn(rowsLeft, -ROWS),
    ]),
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
