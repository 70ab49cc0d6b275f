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
    const scope = scopeOf({ n, layout, arithmetic, local, ...given });
    return [
      set(scope.index, i32x4.add(i32x4.splat(counter), i32x4.const([0, n, 2 * n, 3 * n]))),
      ...fetchConstants(scope),
      compareWith(scope, scope.lastActive),
      ...scope.hash.prepare,
      ...{ drawAll, drawPacked, drawSparse }[name](scope),
      // Fills up the last vector, and clears the lanes that were not asked for.
      ...storeRows(scope, () => f32x4.zero),
      scope.bytes,
    ];
  });
}

interface Given extends Readonly<Record<'groups' | 'lanes' | 'lastActive' | 'bytes', Local<'i32'>>> {
  readonly n: number;
  readonly layout: Places;
  readonly arithmetic: Arithmetic;
  readonly local: Locals;
}

type Scope = ReturnType<typeof scopeOf>;

/** What the loops are written with. */
function scopeOf(given: Given) {
  const { n, local } = given;
  const vector = (name: string): Local<'v128'> => local('v128', name);
  return {
    ...given,
    index: vector('index'),
    nextFeature: vector('nextFeature'),
    nextGroup: vector('nextGroup'),
    signBit: vector('signBit'),
    threshold: vector('threshold'),
    bits: vector('bits'),
    inactive: vector('inactive'),
    silent: vector('silent'),
    kept: local('i32', 'kept'),
    order: vector('order'),
    x: vectors(local, 'x', n),
    hash: mixing(local),
  };
}

const fetchConstants = (scope: Scope): readonly Code[] =>
  (['nextFeature', 'nextGroup', 'signBit'] as const).map((name) =>
    set(scope[name], v128.loadSplat(base, scope.layout.constants + constantAt(name))),
  );

const compareWith = ({ threshold, signBit }: Scope, last: Code<'i32'>): Code =>
  set(threshold, v128.xor(i32x4.splat(last), signBit));

const isAbove = ({ threshold, signBit }: Scope, value: Code<'v128'>): Code<'v128'> =>
  i32x4.greaterThan(v128.xor(value, signBit), threshold);

/** Of the bits: which lanes are not active, and then x as it is stored. */
const findInactive = (scope: Scope): Code => set(scope.inactive, isAbove(scope, scope.bits));
const valueOf = ({ bits, inactive }: Scope): Code<'v128'> => v128.andNot(i32x4.shiftRight(bits, 8), inactive);

const rowOf = ({ layout }: Scope, i: number): number => layout.x + i * layout.stride;
const storeRows = (scope: Scope, value: (i: number) => Code<'v128'>): readonly Code[] =>
  range(scope.n).map((i) => v128.store(scope.bytes, rowOf(scope, i), value(i)));

/** From feature i to the next one of the samples, or to the next samples' first. */
const goOn = ({ n, index, nextFeature, nextGroup }: Scope, i: number): Code =>
  set(index, i32x4.add(index, i === n - 1 ? nextGroup : nextFeature));

/** x(i) of the bits; once all are known, they are stored without the silent samples. */
function hold(scope: Scope, i: number): readonly Code[] {
  const { inactive, silent, x } = scope;
  return [findInactive(scope), set(silent, i === 0 ? inactive : v128.and(silent, inactive)), set(x(i), valueOf(scope))];
}

function storeHeld(scope: Scope): readonly Code[] {
  const { layout, arithmetic, lanes, bytes, silent, kept, order, x } = scope;
  return [
    set(kept, i32.and(i32.xor(i32x4.bitmask(silent), i32.const(-1)), lanes)),
    set(order, v128.load(i32.shiftLeft(kept, i32.const(VECTOR_SHIFT)), layout.permutations)),
    ...storeRows(scope, (i) => arithmetic.permute(x(i), order)),
    moveBy(bytes, bytesOf(kept)),
  ];
}

/** Of as many numbers as `lanes` has bits. */
const bytesOf = (lanes: Local<'i32'>): Code<'i32'> => i32.shiftLeft(i32.countOnes(lanes), i32.const(FLOAT_SHIFT));

/** `body` for each group: several in a turn where they have few features, since one hash alone waits for itself. */
function overGroups(left: Local<'i32'>, features: number, body: readonly Code[]): readonly Code[] {
  const some = (groups: number): readonly Code[] => [...range(groups).flatMap(() => body), moveOn(left, -groups)];
  const many = Math.floor(HASHES / features);
  if (many <= 1) return [repeatWhile(left, some(1))];
  const thereAre = i32.lessThan(i32.const(many - 1), left);
  return [when(thereAre, [repeatWhile(thereAre, some(many))]), when(left, [repeatWhile(left, some(1))])];
}

function drawAll(scope: Scope): readonly Code[] {
  const { n, local, index, groups, lanes, bytes } = scope;
  const whole = { ...scope, ...partScope(local) };
  const { parts, part, first } = whole;
  const [count, rest] = [Math.floor(n / PART), n % PART];
  return [
    set(first, index),
    set(part, bytes),
    ...(count === 0
      ? []
      : [set(parts, i32.const(count)), repeatWhile(parts, [...drawPart(whole, PART), moveOn(parts, -1)])]),
    ...(rest === 0 ? [] : drawPart(whole, rest)),
    moveBy(bytes, i32.multiply(groups, bytesOf(lanes))),
  ];
}

/** What `drawAll` has besides: parts that are left, where this one's rows are, its index in the first group. */
const partScope = (local: Locals) => ({
  parts: local('i32', 'parts'),
  part: local('i32', 'part'),
  left: local('i32', 'left'),
  at: local('i32', 'at'),
  first: local('v128', 'first'),
  nextSamples: local('v128', 'nextSamples'),
});

/** So many features of all groups. */
function drawPart(scope: Scope & ReturnType<typeof partScope>, features: number): readonly Code[] {
  const { layout, index, nextFeature, bits, hash, groups, part, left, at, first, nextSamples } = scope;
  const toNextGroup = i32.add(i32.load(base, layout.constants + constantAt('group')), i32.const(1 - features));
  return [
    set(index, first),
    set(at, part),
    set(left, groups),
    set(nextSamples, i32x4.splat(toNextGroup)),
    ...overGroups(left, features, [
      ...range(features).flatMap((i) => [
        set(bits, index),
        ...hash.mix(bits),
        set(index, i32x4.add(index, i === features - 1 ? nextSamples : nextFeature)),
        findInactive(scope),
        v128.store(at, rowOf(scope, i), valueOf(scope)),
      ]),
      moveOn(at, VECTOR),
    ]),
    set(first, i32x4.add(first, everywhere(features))),
    moveOn(part, features * layout.stride),
  ];
}

function drawPacked(scope: Scope): readonly Code[] {
  const { n, index, bits, hash, groups } = scope;
  const drawn = range(n).flatMap((i) => [set(bits, index), ...hash.mix(bits), goOn(scope, i), ...hold(scope, i)]);
  return overGroups(groups, n, [...drawn, ...storeHeld(scope)]);
}

function drawSparse(scope: Scope): readonly Code[] {
  const { local, lastActive, bytes } = scope;
  const [at, end] = [local('i32', 'at'), local('i32', 'end')];
  return [
    compareWith(scope, i32.or(lastActive, i32.const(LAST_ROUND))),
    set(at, bytes),
    ...sift(scope, at),
    compareWith(scope, lastActive),
    set(end, at),
    set(at, bytes),
    when(i32.lessThan(at, end), [repeatWhile(i32.lessThan(at, end), [...finish(scope, at), moveOn(at, VECTOR)])]),
  ];
}

/** The bits of all groups but for the last round: those are left, up to `at`, that may not be silent. */
function sift(scope: Scope, at: Local<'i32'>): readonly Code[] {
  const { n, index, bits, silent, hash, groups } = scope;
  /** VECTOR where a lane of the least bits is not above the threshold: where all four are, 15 and 1 make 16. */
  const unlessSilent = i32.subtract(
    i32.const(VECTOR),
    i32.and(i32.add(i32x4.bitmask(isAbove(scope, silent)), i32.const(1)), i32.const(VECTOR)),
  );
  return overGroups(groups, n, [
    ...range(n).flatMap((i) => [
      set(bits, index),
      ...hash.mixButLast(bits),
      goOn(scope, i),
      set(silent, i === 0 ? bits : i32x4.least(silent, bits)),
      v128.store(at, rowOf(scope, i), bits),
    ]),
    moveBy(at, unlessSilent),
  ]);
}

/** x of the bits that were left at `at`, in the same place: what is written ends no later than what has been read. */
function finish(scope: Scope, at: Local<'i32'>): readonly Code[] {
  const { n, bits, hash } = scope;
  return [
    ...range(n).flatMap((i) => [set(bits, v128.load(at, rowOf(scope, i))), ...hash.mixLast(bits), ...hold(scope, i)]),
    ...storeHeld(scope),
  ];
}
