/**
 * The hidden-lane kernel's data, four features at a time: `drawSamples` of lib/model, by tables of the features. A sample is stored
 * twice: as it is, and as a list of what is active, segment by segment.
 */
import type { Distribution } from '#lib/model/data';
import { everywhere, FLOAT, FLOAT_SHIFT, LANES, mixing, moveOn, VECTOR, VECTOR_SHIFT, type Mixing } from '../emit.ts';
import { f32x4, i32, i32x4, i8x16, repeatWhile, set, v128, when, type Code, type Local } from '../wasm/code.ts';
import { wasmFunction, type Locals, type WasmFunction } from '../wasm/module.ts';
import type { HiddenLaneLayout } from './layout.ts';

export type DataKind = Distribution['kind'];

/** −0 in every lane: what changes a sign. */
const SIGN_BIT = 0x80000000;

type Keys = Readonly<Record<'data' | 'group' | 'member' | 'sign', Local<'i32'>>>;

/** What a feature's value is made of. */
interface Drawn {
  /** Before the first sample. */
  readonly prepare: readonly Code[];
  /** At a sample's first feature: the keys have moved on to it. */
  readonly begin: readonly Code[];
  /** Of the four features `offset` bytes into the tables: leaves x in `x` and, in `active`, which are active. */
  readonly draw: (offset: Local<'i32'>) => readonly Code[];
  /** To the next four features. */
  readonly moveOn: readonly Code[];
}

/**
 * `draw(data, group, member, sign, samples)` → how many of the samples are left, once the block is full. Keys are those of their streams
 * with the first sample's place added to them. Begins an empty block; stores the number of its samples in `slots`.
 */
export function drawFunction({ n }: { readonly n: number }, kind: DataKind, layout: HiddenLaneLayout): WasmFunction {
  const parameters = { data: 'i32', group: 'i32', member: 'i32', sign: 'i32', samples: 'i32' } as const;
  return wasmFunction('draw', parameters, 'i32', ({ samples, ...keys }, local) => {
    const pointer = (name: string): Local<'i32'> => local('i32', name);
    const [slot, x, list, listStart] = [pointer('slot'), pointer('x'), pointer('list'), pointer('listStart')];
    const [feature, row, segmentEnd, start] = [
      pointer('feature'),
      pointer('row'),
      pointer('segmentEnd'),
      pointer('start'),
    ];
    const mask = pointer('mask');
    const value = local('v128', 'value');
    const active = local('v128', 'active');
    const drawn = drawnFeatures(kind, keys, layout, local, { value, active });
    const last = i32.const(layout.features * FLOAT);

    const fourFeatures = [
      ...drawn.draw(feature),
      v128.store(i32.add(x, feature), layout.x, value),
      // The tables of permutations and rows are indexed by the mask, in vectors.
      set(mask, i32.shiftLeft(i32x4.bitmask(active), i32.const(VECTOR_SHIFT))),
      v128.store(list, layout.activeValues, i8x16.swizzle(value, v128.load(mask, layout.permutations))),
      v128.store(list, layout.activeRows, i32x4.add(v128.load(mask, layout.laneRows), i32x4.splat(row))),
      set(list, i32.add(list, i32.shiftLeft(i32.countOnes(mask), i32.const(FLOAT_SHIFT)))),
      moveOn(feature, VECTOR),
      moveOn(row, LANES * layout.rowBytes),
      ...drawn.moveOn,
    ];
    const sample = [
      set(list, listStart),
      set(start, slot),
      set(feature, i32.const(0)),
      set(row, i32.const(0)),
      ...drawn.begin,
      repeatWhile(i32.lessThan(feature, last), [
        i32.store(start, layout.starts, list),
        moveOn(start, layout.block * FLOAT),
        set(segmentEnd, i32.add(feature, i32.const(layout.segment * FLOAT))),
        when(i32.lessThan(last, segmentEnd), [set(segmentEnd, last)]),
        repeatWhile(i32.lessThan(feature, segmentEnd), fourFeatures),
      ]),
      i32.store(start, layout.starts, list),
      // A silent sample's place is taken by the next one.
      when(i32.notEqual(list, listStart), [
        moveOn(slot, FLOAT),
        moveOn(x, layout.features * FLOAT),
        moveOn(listStart, layout.activeListBytes),
      ]),
      ...Object.values(keys).map((key) => moveOn(key, n)),
      moveOn(samples, -1),
    ];
    const goesOn = i32.and(i32.notEqual(samples, i32.const(0)), i32.lessThan(slot, i32.const(layout.block * FLOAT)));
    return [
      ...drawn.prepare,
      set(slot, i32.const(0)),
      set(x, i32.const(0)),
      set(listStart, i32.const(0)),
      repeatWhile(goesOn, sample),
      i32.store(i32.const(0), layout.slots, slot),
      samples,
    ];
  });
}

interface Into {
  readonly value: Local<'v128'>;
  readonly active: Local<'v128'>;
}

function drawnFeatures(kind: DataKind, keys: Keys, layout: HiddenLaneLayout, local: Locals, into: Into): Drawn {
  const hash = mixing(local);
  const bits = local('v128', 'bits');
  const place = local('v128', 'place');
  const parts = { keys, layout, local, into, hash, bits };
  const { draw, places } =
    kind === 'correlated' || kind === 'anticorrelated' ? inSets(kind, parts) : independent(kind, parts, place);
  return {
    prepare: hash.prepare,
    begin: places.flatMap(({ at, key }) => [set(at, i32x4.add(i32x4.splat(key), i32x4.const([0, 1, 2, 3])))]),
    draw,
    moveOn: places.map(({ at }) => set(at, i32x4.add(at, everywhere(LANES)))),
  };
}

interface Parts {
  readonly keys: Keys;
  readonly layout: HiddenLaneLayout;
  readonly local: Locals;
  readonly into: Into;
  readonly hash: Mixing;
  readonly bits: Local<'v128'>;
}

/** A feature's place in a stream, four at a time. */
interface Place {
  readonly at: Local<'v128'>;
  readonly key: Local<'i32'>;
}

interface Draws {
  readonly draw: Drawn['draw'];
  readonly places: readonly Place[];
}

/** The value that the upper 24 of the random bits stand for, where it is active. */
const scaled = ({ bits, layout }: Parts, feature: Local<'i32'>, active: Local<'v128'>): Code<'v128'> =>
  v128.and(f32x4.multiply(f32x4.fromInt32(i32x4.shiftRight(bits, 8)), v128.load(feature, layout.scale)), active);

/** Also a finite set's, before it is scaled to length one. */
function independent(kind: 'independent' | 'signed' | 'finite', parts: Parts, at: Local<'v128'>): Draws {
  const { keys, layout, local, into, hash, bits } = parts;
  const { value, active } = into;
  const draw = (feature: Local<'i32'>): readonly Code[] => [
    set(bits, at),
    ...hash.mix(bits),
    set(active, i32x4.atMost(bits, v128.load(feature, layout.lastActive))),
    set(value, scaled(parts, feature, active)),
  ];
  if (kind !== 'signed') return { draw, places: [{ at, key: keys.data }] };
  const signAt = local('v128', 'signPlace');
  const flipped = v128.and(v128.and(bits, everywhere(SIGN_BIT)), active);
  return {
    draw: (feature) => [...draw(feature), set(bits, signAt), ...hash.mix(bits), set(value, v128.xor(value, flipped))],
    places: [
      { at, key: keys.data },
      { at: signAt, key: keys.sign },
    ],
  };
}

/** The draws of a set are those of its first feature's place; the values, each of its own. */
function inSets(kind: 'correlated' | 'anticorrelated', parts: Parts): Draws {
  const { keys, layout, local, into, hash, bits } = parts;
  const { value, active } = into;
  const at = local('v128', 'valuePlace');
  const ofSet = (key: Local<'i32'>, feature: Local<'i32'>): readonly Code[] => [
    set(bits, i32x4.add(i32x4.splat(key), v128.load(feature, layout.setStart))),
    ...hash.mix(bits),
  ];
  /** `chosenMember` of lib/model. */
  const chosen = (feature: Local<'i32'>): Code<'v128'> =>
    i32x4.shiftRight(i32x4.multiply(i32x4.shiftRight(bits, 16), v128.load(feature, layout.setSize)), 16);
  const onlyChosen = (feature: Local<'i32'>): readonly Code[] => [
    ...ofSet(keys.member, feature),
    set(active, v128.and(active, i32x4.equal(chosen(feature), v128.load(feature, layout.member)))),
  ];
  return {
    places: [{ at, key: keys.data }],
    draw: (feature) => [
      ...ofSet(keys.group, feature),
      set(active, i32x4.atMost(bits, v128.load(feature, layout.lastActive))),
      ...(kind === 'correlated' ? [] : onlyChosen(feature)),
      set(bits, at),
      ...hash.mix(bits),
      set(value, scaled(parts, feature, active)),
    ],
  };
}
