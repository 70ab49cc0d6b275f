/**
 * How the batch-lane kernel draws x: three loops, of which a density has the fastest. The last two give the same.
 *
 *   drawAll     every sample. A part of the features for all samples, then the next: of more than four at once, V8, which orders
 *               the rounds of all of them side by side, has most on the stack.
 *   drawPacked  those that are not silent: a group's samples are moved to the front by a permutation of lanes.
 *   drawSparse  the same where most groups have none. The last round of the hash leaves the highest bits as they are, and they tell
 *               of most groups that they are silent: the others alone are hashed to the end, in a second loop.
 *
 * Cost in vector instructions of a feature of four samples: 15; 18 with three of each group for its order; 12, and 10 of what is left.
 */
import type { Shape } from '#lib/model/shape';
import type { Arithmetic } from './arithmetic.ts';
import {
  base,
  everywhere,
  FLOAT,
  FLOAT_SHIFT,
  LANES,
  mixing,
  moveBy,
  moveOn,
  range,
  VECTOR,
  VECTOR_SHIFT,
  vectors,
} from './emit.ts';
import { f32x4, i32, i32x4, repeatWhile, set, v128, when, type Code, type Local } from './wasm/code.ts';
import { wasmFunction, type Locals, type WasmFunction } from './wasm/module.ts';

/** The highest bit: it turns unsigned comparison into the signed one that a machine has. */
const SIGN_BIT = 0x80000000;
/** What the last round of the hash may change. */
const LAST_ROUND = 0xffffffff >>> 14;
/** Features of a part of `drawAll`, and hashes side by side in a turn of a loop over groups that have few. */
const PART = 4;
const HASHES = 8;

/** int32, what the loops add and compare with. In memory: a constant vector V8 would build again in each turn. */
const CONSTANTS = {
  nextFeature: () => 1,
  nextGroup: (n: number) => (LANES - 1) * n + 1,
  signBit: () => SIGN_BIT,
  group: (n: number) => LANES * n,
} as const;
const constantNames = Object.keys(CONSTANTS) as readonly (keyof typeof CONSTANTS)[];
export const drawConstants = ({ n }: Shape): Int32Array => Int32Array.from(constantNames, (name) => CONSTANTS[name](n));
export const DRAW_CONSTANT_BYTES = constantNames.length * FLOAT;
/** Its place behind `constants` of the layout. */
const constantAt = (name: keyof typeof CONSTANTS): number => constantNames.indexOf(name) * FLOAT;

/** Where a draw finds and leaves things: `BatchLaneLayout`. */
interface Places {
  readonly permutations: number;
  readonly constants: number;
  readonly x: number;
  readonly stride: number;
}

export const DRAWS = ['drawAll', 'drawPacked', 'drawSparse'] as const;
export type DrawName = (typeof DRAWS)[number];

export function drawFunction(name: DrawName, { n }: Shape, layout: Places, arithmetic: Arithmetic): WasmFunction {
  const parameters = { counter: 'i32', groups: 'i32', lanes: 'i32', lastActive: 'i32', bytes: 'i32' } as const;
  return wasmFunction(name, parameters, 'i32', ({ counter, ...given }, local) => {
    const scope = scopeOf(n, layout, arithmetic, given, local);
    const { index, bytes, compareWith, lastActive, hash, constants, storeRows } = scope;
    return [
      set(index, i32x4.add(i32x4.splat(counter), i32x4.const([0, n, 2 * n, 3 * n]))),
      ...constants,
      compareWith(lastActive),
      ...hash.prepare,
      ...{ drawAll, drawPacked, drawSparse }[name](scope),
      // Fills up the last vector, and clears the lanes that were not asked for.
      ...storeRows(() => f32x4.zero),
      bytes,
    ];
  });
}

type Scope = ReturnType<typeof scopeOf>;
type Given = Readonly<Record<'groups' | 'lanes' | 'lastActive' | 'bytes', Local<'i32'>>>;

function scopeOf(n: number, layout: Places, arithmetic: Arithmetic, given: Given, local: Locals) {
  const index = local('v128', 'index');
  const [nextFeature, nextGroup] = [local('v128', 'nextFeature'), local('v128', 'nextGroup')];
  const [signBit, threshold] = [local('v128', 'signBit'), local('v128', 'threshold')];
  const [bits, inactive, silent] = [local('v128', 'bits'), local('v128', 'inactive'), local('v128', 'silent')];
  const [kept, order] = [local('i32', 'kept'), local('v128', 'order')];
  const x = vectors(local, 'x', n);
  const { bytes, lanes } = given;

  const rowOf = (i: number): number => layout.x + i * layout.stride;
  const isAbove = (value: Code<'v128'>): Code<'v128'> => i32x4.greaterThan(v128.xor(value, signBit), threshold);
  const storeRows = (value: (i: number) => Code<'v128'>): readonly Code[] =>
    range(n).map((i) => v128.store(bytes, rowOf(i), value(i)));
  // Of the bits: which lanes are not active, and then x as it is stored.
  const findInactive = set(inactive, isAbove(bits));
  const value = v128.andNot(i32x4.shiftRight(bits, 8), inactive);
  return {
    ...given,
    ...{ findInactive, value },
    ...{ n, layout, local, index, nextFeature, bits, silent, storeRows, rowOf, isAbove, hash: mixing(local) },
    constants: [
      set(nextFeature, v128.loadSplat(base, layout.constants + constantAt('nextFeature'))),
      set(nextGroup, v128.loadSplat(base, layout.constants + constantAt('nextGroup'))),
      set(signBit, v128.loadSplat(base, layout.constants + constantAt('signBit'))),
    ],
    compareWith: (last: Code<'i32'>): Code => set(threshold, v128.xor(i32x4.splat(last), signBit)),
    /** From feature i to the next one of the samples, or to the next samples' first. */
    next: (i: number): Code => set(index, i32x4.add(index, i === n - 1 ? nextGroup : nextFeature)),
    /** x(i) of the bits; once all are known, they are stored without the silent samples. */
    hold: (i: number): readonly Code[] => [
      findInactive,
      set(silent, i === 0 ? inactive : v128.and(silent, inactive)),
      set(x(i), value),
    ],
    storeHeld: [
      set(kept, i32.and(i32.xor(i32x4.bitmask(silent), i32.const(-1)), lanes)),
      set(order, v128.load(i32.shiftLeft(kept, i32.const(VECTOR_SHIFT)), layout.permutations)),
      ...storeRows((i) => arithmetic.permute(x(i), order)),
      moveBy(bytes, i32.shiftLeft(i32.countOnes(kept), i32.const(FLOAT_SHIFT))),
    ],
  };
}

/** `body` for each group: several in a turn where they have few features, since one hash alone waits for itself. */
function overGroups(left: Local<'i32'>, features: number, body: readonly Code[]): readonly Code[] {
  const some = (groups: number): readonly Code[] => [...range(groups).flatMap(() => body), moveOn(left, -groups)];
  const many = Math.floor(HASHES / features);
  if (many <= 1) return [repeatWhile(left, some(1))];
  const thereAre = i32.lessThan(i32.const(many - 1), left);
  return [when(thereAre, [repeatWhile(thereAre, some(many))]), when(left, [repeatWhile(left, some(1))])];
}

function drawAll(scope: Scope): readonly Code[] {
  const { n, layout, local, index, nextFeature, bits, hash, groups, lanes, bytes, rowOf, findInactive, value } = scope;
  const [parts, part, left, at] = [
    local('i32', 'parts'),
    local('i32', 'part'),
    local('i32', 'left'),
    local('i32', 'at'),
  ];
  const [first, nextSamples] = [local('v128', 'first'), local('v128', 'nextSamples')];
  const drawPart = (features: number): readonly Code[] => [
    set(index, first),
    set(at, part),
    set(left, groups),
    set(
      nextSamples,
      i32x4.splat(i32.add(i32.load(base, layout.constants + constantAt('group')), i32.const(1 - features))),
    ),
    ...overGroups(left, features, [
      ...range(features).flatMap((i) => [
        set(bits, index),
        ...hash.mix(bits),
        set(index, i32x4.add(index, i === features - 1 ? nextSamples : nextFeature)),
        findInactive,
        v128.store(at, rowOf(i), value),
      ]),
      moveOn(at, VECTOR),
    ]),
    set(first, i32x4.add(first, everywhere(features))),
    moveOn(part, features * layout.stride),
  ];
  const [whole, rest] = [Math.floor(n / PART), n % PART];
  return [
    set(first, index),
    set(part, bytes),
    ...(whole === 0 ? [] : [set(parts, i32.const(whole)), repeatWhile(parts, [...drawPart(PART), moveOn(parts, -1)])]),
    ...(rest === 0 ? [] : drawPart(rest)),
    moveBy(bytes, i32.multiply(groups, i32.shiftLeft(i32.countOnes(lanes), i32.const(FLOAT_SHIFT)))),
  ];
}

function drawPacked({ n, index, bits, hash, groups, next, hold, storeHeld }: Scope): readonly Code[] {
  const features = range(n).flatMap((i) => [set(bits, index), ...hash.mix(bits), next(i), ...hold(i)]);
  return overGroups(groups, n, [...features, ...storeHeld]);
}

function drawSparse(scope: Scope): readonly Code[] {
  const { n, local, index, bits, silent, hash, groups, lastActive, bytes } = scope;
  const { rowOf, next, isAbove, compareWith, hold, storeHeld } = scope;
  const [at, end] = [local('i32', 'at'), local('i32', 'end')];
  /** VECTOR where a lane of the least bits is not above the threshold: where all four are, 15 and 1 make 16. */
  const unlessSilent = i32.subtract(
    i32.const(VECTOR),
    i32.and(i32.add(i32x4.bitmask(isAbove(silent)), i32.const(1)), i32.const(VECTOR)),
  );
  return [
    compareWith(i32.or(lastActive, i32.const(LAST_ROUND))),
    set(at, bytes),
    ...overGroups(groups, n, [
      ...range(n).flatMap((i) => [
        set(bits, index),
        ...hash.mixButLast(bits),
        next(i),
        set(silent, i === 0 ? bits : i32x4.least(silent, bits)),
        v128.store(at, rowOf(i), bits),
      ]),
      moveBy(at, unlessSilent),
    ]),
    compareWith(lastActive),
    set(end, at),
    set(at, bytes),
    when(i32.lessThan(at, end), [
      repeatWhile(i32.lessThan(at, end), [
        ...range(n).flatMap((i) => [set(bits, v128.load(at, rowOf(i))), ...hash.mixLast(bits), ...hold(i)]),
        // In the same place: what is written ends no later than what has been read.
        ...storeHeld,
        moveOn(at, VECTOR),
      ]),
    ]),
  ];
}
