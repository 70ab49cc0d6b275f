/** As much of protocol buffers' wire format as a TensorFlow graph needs: fields, written one after the other. */

/** A field, or several, as bytes. */
export type Encoded = Uint8Array;

const VARINT = 0;
const BYTES = 2;

/** A whole number from −2^31 to 2^53, as protobuf's int64, int32, enum or bool. */
export const integer = (field: number, value: number): Encoded => join([tag(field, VARINT), varint(value)]);

export const bytes = (field: number, value: Uint8Array): Encoded =>
  join([tag(field, BYTES), varint(value.length), value]);

/** ASCII */
export const text = (field: number, value: string): Encoded =>
  bytes(
    field,
    Uint8Array.from(value, (character) => character.charCodeAt(0)),
  );

/** A message within another. */
export const message = (field: number, fields: readonly Encoded[]): Encoded => bytes(field, join(fields));

/** One entry of a map<string, message>. */
export const entry = (field: number, key: string, value: readonly Encoded[]): Encoded =>
  message(field, [text(1, key), message(2, value)]);

export function join(parts: readonly Encoded[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
}

const tag = (field: number, kind: number): Uint8Array => varint(field * 8 + kind);

/** Seven bits a byte, the lowest first; negative numbers are the ten bytes of their 64-bit two's complement. */
function varint(value: number): Uint8Array {
  const written: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) written.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...written, Number(rest)]);
}
