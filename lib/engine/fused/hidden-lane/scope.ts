/** What the parts of a hidden-lane function share: its variables, and its loops over samples, chunks and lists. */
import type { ToyModel } from '#lib/model/toy';
import type { Arithmetic } from '../arithmetic.ts';
import { FLOAT, moveOn, VECTOR, vectors } from '../emit.ts';
import { i32, repeatWhile, set, v128, when, type Code, type Local } from '../wasm/code.ts';
import type { Locals } from '../wasm/module.ts';
import type { HiddenLaneLayout } from './layout.ts';

/** How features are gone over: all, those that are active, or those that are active with all outputs (pairs.ts). */
export const WAYS = { densely: 0, byLists: 1, byPairs: 2 } as const;
export type Way = keyof typeof WAYS;

export type Pass = 'gradient' | 'lossAndGradient' | 'loss';

/** One function, and what it is written for. */
export interface Scope {
  readonly pass: Pass;
  readonly model: ToyModel;
  readonly layout: HiddenLaneLayout;
  readonly arithmetic: Arithmetic;
  readonly local: Locals;
  /** Samples stored. */
  readonly slots: Local<'i32'>;
  /** Of WAYS. */
  readonly way: Local<'i32'>;
  /** Of them, left to do in a loop over them. */
  readonly left: Local<'i32'>;
  /** Offset of a sample's row of h and ∂h. */
  readonly hidden: Local<'i32'>;
  /** The same, of the chunk of it that is worked on. */
  readonly chunkOfRow: Local<'i32'>;
  /** Where the next number of a list lies, its first and its end. */
  readonly list: Local<'i32'>;
  readonly listStart: Local<'i32'>;
  readonly listEnd: Local<'i32'>;
  /** Offset of the row, or the chunk of it, that a list's entry names. */
  readonly row: Local<'i32'>;
  /** The entry's value, in every lane. */
  readonly factor: Local<'v128'>;
  /** A chunk of h and one of ∂h. */
  readonly h: (k: number) => Local<'v128'>;
  readonly dh: (k: number) => Local<'v128'>;
  /** Of a vector of outputs: f₂(o) − t, and the gradient of o. */
  readonly error: Local<'v128'>;
  readonly g: Local<'v128'>;
  readonly lossSum: Local<'v128'>;
  /** Lane-wise: minus how many outputs of a segment have a gradient. */
  readonly fired: Local<'v128'>;
}

export function createScope(
  parts: Pick<Scope, 'pass' | 'model' | 'layout' | 'arithmetic' | 'local' | 'slots' | 'way'>,
): Scope {
  const { local, layout } = parts;
  return {
    ...parts,
    left: local('i32', 'left'),
    hidden: local('i32', 'hidden'),
    chunkOfRow: local('i32', 'chunkOfRow'),
    list: local('i32', 'list'),
    listStart: local('i32', 'listStart'),
    listEnd: local('i32', 'listEnd'),
    row: local('i32', 'row'),
    factor: local('v128', 'factor'),
    h: vectors(local, 'h', layout.chunk),
    dh: vectors(local, 'dh', layout.chunk),
    error: local('v128', 'error'),
    g: local('v128', 'g'),
    lossSum: local('v128', 'lossSum'),
    fired: local('v128', 'fired'),
  };
}

/** `body` for each stored sample, with `hidden` at its row. */
export function overSamples({ slots, left, hidden, layout }: Scope, body: readonly Code[]): readonly Code[] {
  return [
    set(left, slots),
    set(hidden, i32.const(0)),
    repeatWhile(left, [...body, moveOn(hidden, layout.rowBytes), moveOn(left, -1)]),
  ];
}

/** `body` for each segment's part of each stored sample's list of active features, where there is one. */
export function overActive(scope: Scope, name: string, body: readonly Code[]): readonly Code[] {
  const { layout, local, listStart, listEnd } = scope;
  const segment = local('i32', `${name}Segment`);
  const start = local('i32', `${name}Start`);
  const nextSegment = layout.block * FLOAT;
  return [
    set(segment, i32.const(0)),
    repeatWhile(i32.lessThan(segment, i32.const(layout.segments * nextSegment)), [
      set(start, segment),
      ...overSamples(scope, [
        set(listStart, i32.load(start, layout.starts)),
        set(listEnd, i32.load(start, layout.starts + nextSegment)),
        when(i32.lessThan(listStart, listEnd), body),
        moveOn(start, FLOAT),
      ]),
      moveOn(segment, nextSegment),
    ]),
  ];
}

/** Where a list has its values and its rows. */
interface ListPlace {
  readonly values: number;
  readonly rows: number;
}

/**
 * For each chunk of a sample's hidden row: `begin`, `body` for each entry of the list between listStart and listEnd, `end`. In them
 * `chunkOfRow` and `row` point at the chunk of the sample's row and of the entry's.
 */
export function overEntries(
  scope: Scope,
  name: string,
  { values, rows }: ListPlace,
  { begin, body, end }: Readonly<Record<'begin' | 'body' | 'end', readonly Code[]>>,
): readonly Code[] {
  const { layout, local, hidden, chunkOfRow, list, listStart, listEnd, row, factor } = scope;
  const chunks = (offset: Code<'i32'>): readonly Code[] => [
    set(chunkOfRow, i32.add(hidden, offset)),
    set(list, listStart),
    ...begin,
    repeatWhile(i32.lessThan(list, listEnd), [
      set(factor, v128.loadSplat(list, values)),
      set(row, i32.add(i32.load(list, rows), offset)),
      ...body,
      moveOn(list, FLOAT),
    ]),
    ...end,
  ];
  if (layout.chunk * VECTOR === layout.rowBytes) return chunks(i32.const(0));
  const offset = local('i32', `${name}Chunk`);
  return [
    set(offset, i32.const(0)),
    repeatWhile(i32.lessThan(offset, i32.const(layout.rowBytes)), [
      ...chunks(offset),
      moveOn(offset, layout.chunk * VECTOR),
    ]),
  ];
}
