/**
 * The hidden-lane kernel's data, four features at a time. A sample is stored twice: as it is, and as a list of what is active,
 * segment by segment; for the dense way, as it is alone.
 *
 * Nothing branches on what is active: a branch that cannot be foretold costs as much as two vectors of features.
 *
 * Cost: 37 instructions for a vector of features, 24 without the list.
 */
import type { Arithmetic } from '../arithmetic.ts';
import { base, everywhere, FLOAT, FLOAT_SHIFT, LANES, mixing, moveBy, moveOn, VECTOR, VECTOR_SHIFT } from '../emit.ts';
import { f32x4, i32, i32x4, repeatWhile, set, v128, when, type Code, type Local } from '../wasm/code.ts';
import { wasmFunction, type Locals, type WasmFunction } from '../wasm/module.ts';
import type { HiddenLaneLayout } from './layout.ts';
import { drawsOf, type DataKind, type Drawing } from './values.ts';

export const DRAWS = ['drawListed', 'drawUnlisted'] as const;
export type DrawName = (typeof DRAWS)[number];

export interface DrawOptions {
  readonly n: number;
  readonly kind: DataKind;
  readonly layout: HiddenLaneLayout;
  readonly arithmetic: Arithmetic;
}

/**
 * `name(data, group, member, sign, samples)` → how many of the samples are left, once the block is full. Keys are those of their streams
 * with the first sample's place added to them. Begins an empty block; stores the number of its samples in `slots`.
 */
export function drawFunction(name: DrawName, options: DrawOptions): WasmFunction {
  const { n, layout } = options;
  const parameters = { data: 'i32', group: 'i32', member: 'i32', sign: 'i32', samples: 'i32' } as const;
  return wasmFunction(name, parameters, 'i32', ({ samples, ...keys }, local) => {
    const scope = scopeOf(options, keys, local);
    const { slot, x, listStart, stored, hash, places } = scope;
    const moveOnIfStored = (pointer: Local<'i32'>, bytes: number): Code =>
      moveBy(pointer, i32.multiply(stored, i32.const(bytes)));
    const goesOn = i32.and(i32.notEqual(samples, i32.const(0)), i32.lessThan(slot, i32.const(layout.block * FLOAT)));
    const { prepare, sample } = LOOPS[name](scope);
    return [
      ...hash.prepare,
      ...prepare,
      set(slot, i32.const(0)),
      set(x, i32.const(0)),
      set(listStart, i32.const(0)),
      repeatWhile(goesOn, [
        ...places.map(({ at, key }) => set(at, i32x4.add(i32x4.splat(key), i32x4.const([0, 1, 2, 3])))),
        set(scope.feature, i32.const(0)),
        ...sample,
        // A silent sample's place is taken by the next one.
        moveOnIfStored(slot, FLOAT),
        moveOnIfStored(x, layout.features * FLOAT),
        moveOnIfStored(listStart, layout.activeListBytes),
        ...Object.values(keys).map((key) => moveOn(key, n)),
        moveOn(samples, -1),
      ]),
      i32.store(base, layout.slots, slot),
      samples,
    ];
  });
}

/** Code before all samples, and for one: leaves in `stored` 1 where something in it is active, else 0. */
interface Loop {
  readonly prepare: readonly Code[];
  readonly sample: readonly Code[];
}

type Scope = ReturnType<typeof scopeOf>;

function scopeOf({ kind, layout, arithmetic }: DrawOptions, keys: Drawing['keys'], local: Locals) {
  const [slot, x, feature] = [local('i32', 'slot'), local('i32', 'x'), local('i32', 'feature')];
  const [listStart, list, mask] = [local('i32', 'listStart'), local('i32', 'list'), local('i32', 'mask')];
  const [bits, value, active] = [local('v128', 'bits'), local('v128', 'value'), local('v128', 'active')];
  const drawing: Drawing = { keys, layout, local, hash: mixing(local), feature, bits, value, active };
  const { places, draw } = drawsOf(kind, drawing);
  return {
    ...{ ...drawing, places, draw, slot, x, listStart, list },
    stored: local('i32', 'stored'),
    storeX: (four: Code<'v128'>): Code => v128.store(i32.add(x, feature), layout.x, four),
    /** Appends what is active to the list. `rows` has the offsets of the first feature's row. */
    append: (rows: Code<'v128'>): readonly Code[] => [
      // The tables of permutations and rows are indexed by the mask, in vectors.
      set(mask, i32.shiftLeft(i32x4.bitmask(active), i32.const(VECTOR_SHIFT))),
      v128.store(list, layout.activeValues, arithmetic.permute(value, v128.load(mask, layout.permutations))),
      v128.store(list, layout.activeRows, i32x4.add(v128.load(mask, layout.laneRows), rows)),
      moveBy(list, i32.shiftLeft(i32.countOnes(mask), i32.const(FLOAT_SHIFT))),
    ],
    moveOnPlaces: places.map(({ at }) => set(at, i32x4.add(at, everywhere(LANES)))),
  };
}

function drawUnlisted({ layout, local, feature, value, active, draw, storeX, moveOnPlaces, stored }: Scope): Loop {
  const any = local('v128', 'any');
  const sample = [
    set(any, f32x4.zero),
    repeatWhile(i32.lessThan(feature, i32.const(layout.features * FLOAT)), [
      ...draw,
      storeX(value),
      set(any, v128.or(any, active)),
      ...moveOnPlaces,
      moveOn(feature, VECTOR),
    ]),
    set(stored, v128.anyTrue(any)),
  ];
  return { prepare: [], sample };
}

function drawListed(scope: Scope): Loop {
  const { layout, local, feature, value, draw, storeX, append, moveOnPlaces } = scope;
  const [rows, fourRows] = [local('v128', 'rows'), local('v128', 'fourRows')];
  const segment = (end: Local<'i32'>): readonly Code[] => [
    repeatWhile(i32.lessThan(feature, end), [
      ...draw,
      storeX(value),
      ...append(rows),
      ...moveOnPlaces,
      moveOn(feature, VECTOR),
      set(rows, i32x4.add(rows, fourRows)),
    ]),
  ];
  return {
    prepare: [set(fourRows, everywhere(LANES * layout.rowBytes))],
    sample: [set(rows, f32x4.zero), ...bySegments(scope, segment)],
  };
}

const LOOPS: Readonly<Record<DrawName, (scope: Scope) => Loop>> = { drawListed, drawUnlisted };

/** `body` for each segment, whose features end at `end`: appends to the list, where each segment's part begins. */
function bySegments(
  { layout, local, slot, feature, listStart, list, stored }: Scope,
  body: (end: Local<'i32'>) => readonly Code[],
): readonly Code[] {
  const [start, end] = [local('i32', 'start'), local('i32', 'segmentEnd')];
  const last = i32.const(layout.features * FLOAT);
  return [
    set(list, listStart),
    set(start, slot),
    repeatWhile(i32.lessThan(feature, last), [
      i32.store(start, layout.starts, list),
      moveOn(start, layout.block * FLOAT),
      set(end, i32.add(feature, i32.const(layout.segment * FLOAT))),
      when(i32.lessThan(last, end), [set(end, last)]),
      ...body(end),
    ]),
    i32.store(start, layout.starts, list),
    set(stored, i32.notEqual(list, listStart)),
  ];
}
