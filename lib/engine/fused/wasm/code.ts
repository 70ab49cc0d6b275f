/**
 * Instructions as typed expressions: `f32x4.add(a, b)` is the code that leaves a + b on the stack. Operands come first, then
 * the opcode, so an expression nests as in the text format's folded form, and its type is checked by TypeScript.
 */
import { signed, unsigned, type NestedBytes } from './binary.ts';

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128';

/** Code that leaves one value of type T, or none. */
export interface Code<T extends ValueType | 'none' = 'none'> {
  readonly type: T;
  readonly bytes: NestedBytes;
}

/** A parameter or variable of a function; reading it is naming it. */
export interface Local<T extends ValueType> extends Code<T> {
  readonly index: number;
}

const OPCODES = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  branchIf: 0x0d,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  simd: 0xfd,
} as const;
const NO_RESULT = 0x40;

function code<T extends ValueType | 'none'>(
  type: T,
  operands: readonly Code<ValueType>[],
  ...opcode: readonly number[]
): Code<T> {
  return { type, bytes: [...operands.map(({ bytes }) => bytes), ...opcode] };
}

const simd = <T extends ValueType | 'none'>(
  type: T,
  operands: readonly Code<ValueType>[],
  opcode: number,
  ...immediates: readonly number[]
): Code<T> => code(type, operands, OPCODES.simd, ...unsigned(opcode), ...immediates);

type Vector = Code<'v128'>;
type Integer = Code<'i32'>;
type Binary = (a: Vector, b: Vector) => Vector;
type Shift = (a: Vector, bits: number) => Vector;

const binary =
  (opcode: number): Binary =>
  (a, b) =>
    simd('v128', [a, b], opcode);
const shift =
  (opcode: number): Shift =>
  (a, bits) =>
    simd('v128', [a, i32.const(bits)], opcode);
const unary =
  (opcode: number) =>
  (a: Vector): Vector =>
    simd('v128', [a], opcode);
const integer =
  (opcode: number) =>
  (a: Integer, b: Integer): Integer =>
    code('i32', [a, b], opcode);

/** Immediates of a load or store: the alignment's logarithm, a hint that is left at one byte, and the offset in bytes. */
const memory = (offset: number): number[] => [0, ...unsigned(offset)];

export const i32 = {
  const: (value: number): Integer => code('i32', [], 0x41, ...signed(value)),
  add: integer(0x6a),
  subtract: integer(0x6b),
  multiply: integer(0x6c),
  and: integer(0x71),
  or: integer(0x72),
  xor: integer(0x73),
  shiftLeft: integer(0x74),
  /** Unsigned. */
  shiftRight: integer(0x76),
  /** Unsigned. */
  lessThan: integer(0x49),
  equal: integer(0x46),
  notEqual: integer(0x47),
  /** The 32-bit number at address + offset. */
  load: (address: Integer, offset: number): Integer => code('i32', [address], 0x28, ...memory(offset)),
  store: (address: Integer, offset: number, value: Integer): Code =>
    code('none', [address, value], 0x36, ...memory(offset)),
  countOnes: (a: Integer): Integer => code('i32', [a], 0x69),
};

export const f32 = {
  load: (address: Integer, offset: number): Code<'f32'> => code('f32', [address], 0x2a, ...memory(offset)),
  store: (address: Integer, offset: number, value: Code<'f32'>): Code =>
    code('none', [address, value], 0x38, ...memory(offset)),
  /** Rounded to the nearest. */
  fromDouble: (a: Code<'f64'>): Code<'f32'> => code('f32', [a], 0xb6),
};

type Double = Code<'f64'>;
const double =
  (opcode: number) =>
  (a: Double, b: Double): Double =>
    code('f64', [a, b], opcode);

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

/** Each operation as JavaScript has it, to the bit. */
export const f64 = {
  const: (value: number): Double => code('f64', [], 0x44, ...littleEndian(value)),
  add: double(0xa0),
  subtract: double(0xa1),
  multiply: double(0xa2),
  divide: double(0xa3),
  /** The greater, with `Math.max`'s views of NaN and −0. */
  max: double(0xa5),
  squareRoot: (a: Double): Double => code('f64', [a], 0x9f),
  fromFloat: (a: Code<'f32'>): Double => code('f64', [a], 0xbb),
  /** Of a signed integer. */
  fromInt32: (a: Integer): Double => code('f64', [a], 0xb7),
  load: (address: Integer, offset: number): Double => code('f64', [address], 0x2b, ...memory(offset)),
  store: (address: Integer, offset: number, value: Double): Code =>
    code('none', [address, value], 0x39, ...memory(offset)),
};

export const v128 = {
  /** 16 bytes at address + offset. */
  load: (address: Integer, offset = 0): Vector => simd('v128', [address], 0x00, ...memory(offset)),
  /** The 32-bit number at address + offset, in every lane. */
  loadSplat: (address: Integer, offset = 0): Vector => simd('v128', [address], 0x09, ...memory(offset)),
  /** 8 bytes, and 8 of zeros. */
  loadLow: (address: Integer, offset: number): Vector => simd('v128', [address], 0x5d, ...memory(offset)),
  /** The first 8 bytes. */
  storeLow: (address: Integer, offset: number, value: Vector): Code =>
    simd('none', [address, value], 0x5b, ...memory(offset), 0),
  store: (address: Integer, offset: number, value: Vector): Code =>
    simd('none', [address, value], 0x0b, ...memory(offset)),
  and: binary(0x4e),
  /** a where b has no bit. */
  andNot: binary(0x4f),
  or: binary(0x50),
  xor: binary(0x51),
  /** 1 where any bit is set, else 0. */
  anyTrue: (a: Vector): Integer => simd('i32', [a], 0x53),
};

export const i8x16 = {
  /** Byte i of the result is the byte of `a` that byte i of `indices` names. */
  swizzle: binary(0x0e),
  /** The same where every index is below 16; anything else is the machine's own: relaxed SIMD. */
  relaxedSwizzle: binary(0x100),
};

export const i32x4 = {
  const: (lanes: readonly [number, number, number, number]): Vector =>
    simd('v128', [], 0x0c, ...lanes.flatMap((lane) => [0, 8, 16, 24].map((bits) => (lane >>> bits) & 0xff))),
  splat: (a: Integer): Vector => simd('v128', [a], 0x11),
  add: binary(0xae),
  multiply: binary(0xb5),
  shiftRight: shift(0xad),
  /** Lanes of ones or zeros. */
  equal: binary(0x37),
  /** Unsigned a ≤ b: lanes of ones or zeros. */
  atMost: binary(0x3e),
  /** Signed a > b: lanes of ones or zeros. */
  greaterThan: binary(0x3b),
  /** Unsigned. */
  least: binary(0xb7),
  /** The lanes' highest bits, as bits 0 to 3. */
  bitmask: (a: Vector): Integer => simd('i32', [a], 0xa4),
};

export const f32x4 = {
  zero: i32x4.const([0, 0, 0, 0]),
  splat: (a: Code<'f32'>): Vector => simd('v128', [a], 0x13),
  add: binary(0xe4),
  subtract: binary(0xe5),
  multiply: binary(0xe6),
  /** b where a < b, else a: one machine instruction where `max`, which minds NaN and −0, takes several. */
  greater: binary(0xeb),
  greaterThan: binary(0x44),
  /** Lanes of ones or zeros; a NaN is unlike everything. */
  notEqual: binary(0x42),
  absolute: unary(0xe0),
  fromInt32: unary(0xfa),
  /** Two float64, rounded to the nearest, as the first two; the others 0. */
  fromDoubles: unary(0x5e),
  /** a · b + c, rounded once or twice: relaxed SIMD. */
  relaxedMultiplyAdd: (a: Vector, b: Vector, c: Vector): Vector => simd('v128', [a, b, c], 0x105),
};

/** Two at a time; each operation as JavaScript has it, to the bit. */
export const f64x2 = {
  zero: f32x4.zero,
  one: simd('v128', [], 0x0c, ...littleEndian(1), ...littleEndian(1)),
  splat: (a: Double): Vector => simd('v128', [a], 0x14),
  add: binary(0xf0),
  subtract: binary(0xf1),
  multiply: binary(0xf2),
  divide: binary(0xf3),
  /** The greater, with `Math.max`'s views of NaN and −0. */
  max: binary(0xf5),
  squareRoot: unary(0xef),
  /** Of the first two float32. */
  fromFloats: unary(0x5f),
};

export const set = <T extends ValueType>(local: Local<T>, value: Code<NoInfer<T>>): Code =>
  code('none', [value], OPCODES.localSet, ...unsigned(local.index));

export const localGet = (index: number): NestedBytes => [OPCODES.localGet, ...unsigned(index)];

/** The function at `index` of its own module, which leaves a `result`. */
export const call = <T extends ValueType | 'none'>(
  index: number,
  result: T,
  ...operands: readonly Code<ValueType>[]
): Code<T> => code(result, operands, OPCODES.call, ...unsigned(index));

/** The body, again while `condition` leaves anything but 0; at least once. */
export const repeatWhile = (condition: Integer, body: readonly Code[]): Code => ({
  type: 'none',
  bytes: [
    OPCODES.loop,
    NO_RESULT,
    sequence(body),
    condition.bytes,
    OPCODES.branchIf,
    0, // the innermost block: this loop's start
    OPCODES.end,
  ],
});

/** The body, where `condition` leaves anything but 0. */
export const when = (condition: Integer, body: readonly Code[]): Code => ({
  type: 'none',
  bytes: [condition.bytes, OPCODES.if, NO_RESULT, sequence(body), OPCODES.end],
});

export const sequence = (body: readonly Code<ValueType | 'none'>[]): NestedBytes => body.map(({ bytes }) => bytes);
