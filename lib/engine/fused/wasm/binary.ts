/** The binary format of WebAssembly modules: numbers, vectors and sections (core specification 2.0, chapter 5). */

export type Bytes = readonly number[];

/** Bytes as expressions nest them: joined once, where a function is done, as a copy at each level would be most of the writing. */
export type NestedBytes = readonly (number | NestedBytes)[];

export function flatten(nested: NestedBytes, into: number[] = []): number[] {
  for (const each of nested) {
    if (typeof each === 'number') into.push(each);
    else flatten(each, into);
  }
  return into;
}

/** Unsigned LEB128 of a uint32. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128 of an int32; a uint32 above 2^31 is taken as the int32 of the same bits. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  // The last byte's bit 6 is the sign that the reader extends.
  while (rest < -0x40 || rest > 0x3f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  bytes.push(rest & 0x7f);
  return bytes;
}

/** A name of ASCII letters, with its length. */
export const name = (text: string): Bytes => vector(Array.from(text, (letter) => [letter.charCodeAt(0)]));

/** Items with their count. */
export const vector = (items: readonly Bytes[]): Bytes => [...unsigned(items.length), ...items.flat()];

/** Bytes with their length. */
export const sized = (bytes: Bytes): Bytes => unsigned(bytes.length).concat(bytes);

export const SECTIONS = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

export const section = (kind: keyof typeof SECTIONS, items: readonly Bytes[]): Bytes => [
  SECTIONS[kind],
  ...sized(vector(items)),
];

/** "\0asm", version 1 */
export const PREAMBLE: Bytes = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
