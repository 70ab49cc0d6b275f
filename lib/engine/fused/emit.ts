/** What the code of every kernel is made of. */
import { present } from '#lib/base/assert';
import { at } from '#lib/base/matrix';
import { HASH } from '#lib/base/random';
import { i32, i32x4, set, v128, type Code, type Local } from './wasm/code.ts';
import type { Locals } from './wasm/module.ts';

/** Numbers side by side in one vector. */
export const LANES = 4;

/** bytes of a float32, and of a vector */
export const FLOAT = 4;
export const VECTOR = 16;
/** Their logarithms: by which a count is shifted to be an offset. */
export const FLOAT_SHIFT = 2;
export const VECTOR_SHIFT = 4;

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** The same int32 in every lane. */
export const everywhere = (value: number): Code<'v128'> => i32x4.const([value, value, value, value]);

/** Address of what lies at a fixed offset. */
export const base = i32.const(0);

/** Moves a pointer on. */
export const moveBy = (pointer: Local<'i32'>, bytes: Code<'i32'>): Code => set(pointer, i32.add(pointer, bytes));
export const moveOn = (pointer: Local<'i32'>, bytes: number): Code => moveBy(pointer, i32.const(bytes));

/** Vectors x(0) … x(count − 1). */
export function vectors(local: Locals, name: string, count: number): (i: number) => Local<'v128'> {
  const held = range(count).map((i) => local('v128', `${name}${i}`));
  return (i) => present(held[i], `${name}${i}`);
}

/** `mix` of lib/base/random on four lanes, in place. */
export interface Mixing {
  readonly prepare: readonly Code[];
  readonly mix: (bits: Local<'v128'>) => readonly Code[];
  /** `mix` in two parts: the second changes only the lower 18 bits. */
  readonly mixButLast: (bits: Local<'v128'>) => readonly Code[];
  readonly mixLast: (bits: Local<'v128'>) => readonly Code[];
}

export function mixing(local: Locals): Mixing {
  const rounds = HASH.multipliers.map((value, round) => ({ value, held: local('v128', `multiplier${round}`) }));
  const xorShifted = (bits: Local<'v128'>, shift: number): Code =>
    set(bits, v128.xor(bits, i32x4.shiftRight(bits, shift)));
  const multiply = (bits: Local<'v128'>, round: number): readonly Code[] =>
    rounds.slice(round, round + 1).map(({ held }) => set(bits, i32x4.multiply(bits, held)));
  const part = (bits: Local<'v128'>, from: number, to: number): readonly Code[] =>
    HASH.shifts.flatMap((shift, round) =>
      round >= from && round < to ? [xorShifted(bits, shift), ...multiply(bits, round)] : [],
    );
  return {
    // In variables, not written where they are used: engines would build the vector again for each use.
    prepare: rounds.map(({ value, held }) => set(held, everywhere(value))),
    mix: (bits) => part(bits, 0, HASH.shifts.length),
    mixButLast: (bits) => part(bits, 0, HASH.multipliers.length),
    mixLast: (bits) => part(bits, HASH.multipliers.length, HASH.shifts.length),
  };
}

/** For each of the 16 sets of lanes, the bytes of a vector in the order that moves the set's lanes to the front. */
export function packingPermutations(): Uint8Array {
  const bytes: number[] = [];
  for (let kept = 0; kept < 1 << LANES; kept++)
    for (const lane of packedLanes(kept)) for (let byte = 0; byte < FLOAT; byte++) bytes.push(lane * FLOAT + byte);
  return Uint8Array.from(bytes);
}

/** The lanes that are moved to places 0 to 3: first those whose bit is set in `kept`; the places behind them keep their own. */
export function packedLanes(kept: number): readonly number[] {
  const lanes = range(LANES).filter((lane) => kept & (1 << lane));
  return range(LANES).map((place) => lanes[place] ?? place);
}

/** Lanes [vectors, 4] → the sum of one vector's, in float64. */
export const sumLanes = (lanes: Float32Array, vector: number): number =>
  at(lanes, LANES * vector) +
  at(lanes, LANES * vector + 1) +
  (at(lanes, LANES * vector + 2) + at(lanes, LANES * vector + 3));
