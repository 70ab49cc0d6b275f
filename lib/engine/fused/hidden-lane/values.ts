/** What a feature is drawn as, four features at a time, by the kind of data: `drawSamples` of lib/model. */
import type { Distribution } from '#lib/model/data';
import { everywhere, type Mixing } from '../emit.ts';
import { f32x4, i32x4, set, v128, type Code, type Local } from '../wasm/code.ts';
import type { Locals } from '../wasm/module.ts';
import type { HiddenLaneLayout } from './layout.ts';

export type DataKind = Distribution['kind'];

/** −0 in every lane: what changes a sign. */
const SIGN_BIT = 0x80000000;

/** What the values of four features are made of. */
export interface Drawing {
  /** Those of the streams with the sample's place added to them. */
  readonly keys: Readonly<Record<'data' | 'group' | 'member' | 'sign', Local<'i32'>>>;
  readonly layout: HiddenLaneLayout;
  readonly local: Locals;
  readonly hash: Mixing;
  /** Byte offset of the four features in the tables. */
  readonly feature: Local<'i32'>;
  readonly bits: Local<'v128'>;
  /** What is drawn: x, and which of the features are active. */
  readonly value: Local<'v128'>;
  readonly active: Local<'v128'>;
}

/** The four features' places in a stream. */
export interface Place {
  readonly at: Local<'v128'>;
  readonly key: Local<'i32'>;
}

export interface Draws {
  readonly places: readonly Place[];
  /** Leaves `value` and `active`. */
  readonly draw: readonly Code[];
}

export const drawsOf = (kind: DataKind, drawing: Drawing): Draws =>
  kind === 'correlated' || kind === 'anticorrelated' ? inSets(kind, drawing) : independent(kind, drawing);

const findActive = ({ layout, feature, bits, active }: Drawing): Code =>
  set(active, i32x4.atMost(bits, v128.load(feature, layout.lastActive)));

/** The value that the upper 24 of the random bits stand for, where it is active. */
const findValue = ({ layout, feature, bits, value, active }: Drawing): Code =>
  set(
    value,
    v128.and(f32x4.multiply(f32x4.fromInt32(i32x4.shiftRight(bits, 8)), v128.load(feature, layout.scale)), active),
  );

/** Also a finite set's, before it is scaled to length one. */
function independent(kind: 'independent' | 'signed' | 'finite', drawing: Drawing): Draws {
  const { keys, local, hash, bits, value, active } = drawing;
  const at = local('v128', 'place');
  const draw = [set(bits, at), ...hash.mix(bits), findActive(drawing), findValue(drawing)];
  const places = [{ at, key: keys.data }];
  if (kind !== 'signed') return { draw, places };
  const signAt = local('v128', 'signPlace');
  const flipped = v128.and(v128.and(bits, everywhere(SIGN_BIT)), active);
  return {
    draw: [...draw, set(bits, signAt), ...hash.mix(bits), set(value, v128.xor(value, flipped))],
    places: [...places, { at: signAt, key: keys.sign }],
  };
}

/** The draws of a set are those of its first feature's place; the values, each of its own. */
function inSets(kind: 'correlated' | 'anticorrelated', drawing: Drawing): Draws {
  const { keys, layout, local, hash, feature, bits, active } = drawing;
  const at = local('v128', 'valuePlace');
  const ofSet = (key: Local<'i32'>): readonly Code[] => [
    set(bits, i32x4.add(i32x4.splat(key), v128.load(feature, layout.setStart))),
    ...hash.mix(bits),
  ];
  /** `chosenMember` of lib/model. */
  const chosen = i32x4.shiftRight(i32x4.multiply(i32x4.shiftRight(bits, 16), v128.load(feature, layout.setSize)), 16);
  const onlyChosen = [
    ...ofSet(keys.member),
    set(active, v128.and(active, i32x4.equal(chosen, v128.load(feature, layout.member)))),
  ];
  return {
    places: [{ at, key: keys.data }],
    draw: [
      ...ofSet(keys.group),
      findActive(drawing),
      ...(kind === 'correlated' ? [] : onlyChosen),
      set(bits, at),
      ...hash.mix(bits),
      findValue(drawing),
    ],
  };
}
