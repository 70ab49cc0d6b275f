/**
 * A matrix product C = A · B for every instance of a dispatch, as WGSL: what the tiled kernels are made of.
 *
 * Idea. A workgroup owns a tile of C, of 64 rows and up to 64 columns; A and B pass through workgroup memory in slices of
 * `DEPTH`, and each thread holds four rows of four columns in its registers: 16 multiplications for two reads of a vector. Where
 * A and B come from, and what becomes of C, is WGSL of the caller's: nothing is stored only to be multiplied.
 */
import { range, indent } from './wgsl.ts';

/** Depth of a slice. */
const DEPTH = 16;
/** Rows and columns of a thread: a vector. */
const LANES = 4;
const LARGEST_TILE = 64;
const LEAST_THREADS = 64;

export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly threads: number;
}

/** A tile for a product of this many columns: as wide as they are, cut into equal parts where they are many. */
export function tileFor(columns: number): Tile {
  const parts = Math.ceil(columns / LARGEST_TILE);
  const across = Math.ceil(Math.ceil(columns / parts) / LANES);
  const down = Math.max(LARGEST_TILE / LANES, Math.ceil(LEAST_THREADS / across));
  return { rows: down * LANES, columns: across * LANES, threads: down * across };
}

/** C += A · B over `depth`; expressions of `place`, `row`, `column` and `k`, each within its range. */
export interface Term {
  readonly left: string;
  readonly right: string;
  /** Which index is contiguous in memory: neighbouring threads read along it. */
  readonly leftAlong: 'row' | 'k';
  readonly rightAlong: 'column' | 'k';
}

export interface Product {
  /** WGSL of u32: how many rows, columns and k there are, the first k, and the one past the last. */
  readonly rows: string;
  readonly columns: number;
  readonly firstK: string;
  readonly endK: string;
  readonly terms: readonly Term[];
  /** Statements that set `place: Place` of the workgroup at `group`. */
  readonly place: readonly string[];
  /** Statements for each `row`, `column` and `value` of C. */
  readonly store: readonly string[];
  /** Statements after all of them; barriers are allowed. */
  readonly after?: readonly string[];
}

/** `struct Place` and whatever the expressions name is declared by the caller. */
export function product({ rows, columns, firstK, endK, terms, place, store, after = [] }: Product): string {
  const tile = tileFor(columns);
  const [down, across] = [tile.rows / LANES, tile.columns / LANES];
  const functions = terms.flatMap(({ left, right }, term) => [
    `fn left_${term}(place: Place, row: u32, k: u32, endK: u32) -> f32 {`,
    `  if (row >= ${rows} || k >= endK) { return 0.0; }`,
    `  return ${left};`,
    '}',
    `fn right_${term}(place: Place, k: u32, column: u32, endK: u32) -> f32 {`,
    `  if (column >= ${columns}u || k >= endK) { return 0.0; }`,
    `  return ${right};`,
    '}',
  ]);
  // One vector longer than the tile: slices would share banks.
  const [leftStride, rightStride] = [down + 1, across + 1];
  const multiply = ({ leftAlong, rightAlong }: Term, term: number): readonly string[] => [
    `for (var slice = firstK; slice < endK; slice += ${DEPTH}u) {`,
    '  workgroupBarrier();',
    ...indent(
      fill(
        'leftTile',
        leftStride,
        down,
        tile.threads,
        leftAlong === 'row',
        (lane) => `left_${term}(place, firstRow + 4u * vector + ${lane}u, slice + depth, endK)`,
      ),
    ),
    ...indent(
      fill(
        'rightTile',
        rightStride,
        across,
        tile.threads,
        rightAlong === 'column',
        (lane) => `right_${term}(place, slice + depth, firstColumn + 4u * vector + ${lane}u, endK)`,
      ),
    ),
    '  workgroupBarrier();',
    `  for (var depth = 0u; depth < ${DEPTH}u; depth++) {`,
    `    let left = leftTile[depth * ${leftStride}u + thread / ${across}u];`,
    `    let right = rightTile[depth * ${rightStride}u + thread % ${across}u];`,
    ...range(LANES).map((lane) => `    sum_${lane} += left[${lane}] * right;`),
    '  }',
    '}',
  ];
  return `
${functions.join('\n')}

var<workgroup> leftTile: array<vec4f, ${DEPTH * leftStride}>;
var<workgroup> rightTile: array<vec4f, ${DEPTH * rightStride}>;

@compute @workgroup_size(${tile.threads})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u) {
${indent(place).join('\n')}
  let firstRow = group.y * ${tile.rows}u;
  let firstColumn = group.x * ${tile.columns}u;
  let firstK = ${firstK};
  let endK = ${endK};
${range(LANES)
  .map((lane) => `  var sum_${lane} = vec4f();`)
  .join('\n')}
${indent(terms.flatMap(multiply)).join('\n')}
${range(LANES)
  .map((lane) => storeRow(lane, rows, columns, across, store))
  .join('\n')}
${indent(after).join('\n')}
}
`;
}

/** A slice into workgroup memory: each thread writes whole vectors, since a part of one cannot be written alone. */
function fill(
  tile: string,
  stride: number,
  vectors: number,
  threads: number,
  alongVectors: boolean,
  element: (lane: number) => string,
): readonly string[] {
  const [vector, depth] = alongVectors ? [`j % ${vectors}u`, `j / ${vectors}u`] : [`j / ${DEPTH}u`, `j % ${DEPTH}u`];
  return [
    `for (var j = thread; j < ${vectors * DEPTH}u; j += ${threads}u) {`,
    `  let vector = ${vector};`,
    `  let depth = ${depth};`,
    `  ${tile}[depth * ${stride}u + vector] = vec4f(${range(LANES).map(element).join(', ')});`,
    '}',
  ];
}

const storeRow = (lane: number, rows: string, columns: number, across: number, store: readonly string[]): string =>
  indent([
    '{',
    `  let row = firstRow + thread / ${across}u * ${LANES}u + ${lane}u;`,
    `  for (var lane = 0u; lane < ${LANES}u; lane++) {`,
    `    let column = firstColumn + thread % ${across}u * ${LANES}u + lane;`,
    `    if (row < ${rows} && column < ${columns}u) {`,
    `      let value = sum_${lane}[lane];`,
    ...indent(indent(indent(store))),
    '    }',
    '  }',
    '}',
  ]).join('\n');
