/** Tensors in a link: row-major float32, little-endian, as base64. No `atob` and no `Buffer`: it runs anywhere. */
import { present } from '#lib/base/assert';
import { ok, refuse, type Result } from '#lib/base/result';
import type { Tensor } from '#lib/runs/tensor-pack';
import type { PackedTensor } from './link.ts';

export const packTensor = ({ name, shape, data }: Tensor): PackedTensor => ({
  name,
  dtype: 'float32',
  shape,
  data: toBase64(floatBytes(data)),
});

/** The tensor, or a refusal where its bytes are not as many as its shape says. */
export function unpackTensor({ name, shape, data }: PackedTensor): Result<Tensor> {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const bytes = fromBase64(data);
  if (bytes?.length !== 4 * size)
    return refuse('invalid', `Tensor ${name} must be base64 of ${4 * size} bytes, as its shape says.`, name);
  const view = new DataView(bytes.buffer);
  const floats = new Float32Array(size);
  for (let i = 0; i < size; i++) floats[i] = view.getFloat32(4 * i, true);
  return ok({ name, shape, data: floats });
}

/** `checkLink` has seen that its bytes are as many as its shape says. */
export function tensorOf(packed: PackedTensor): Tensor {
  const unpacked = unpackTensor(packed);
  return present(unpacked.ok ? unpacked.value : undefined, `tensor ${packed.name}`);
}

export function floatBytes(data: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * data.length);
  const view = new DataView(bytes.buffer);
  data.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return bytes;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LETTERS = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const PADDING = '='.charCodeAt(0);
/** Letters that become a string at once. */
const AT_ONCE = 8_192;
/** [128] by a letter's code; what is none of them has `NONE`. A link has millions: a table is several times as fast as a map. */
const NONE = 64;
const VALUES = new Uint8Array(128).fill(NONE);
LETTERS.forEach((letter, value) => {
  VALUES[letter] = value;
});

export function toBase64(bytes: Uint8Array): string {
  const letters = new Uint8Array(4 * Math.ceil(bytes.length / 3)).fill(PADDING);
  for (let i = 0, end = 0; i < bytes.length; i += 3, end += 4) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const held = Math.min(3, bytes.length - i) + 1;
    for (let k = 0; k < held; k++) letters[end + k] = LETTERS[(word >> (18 - 6 * k)) & 63] ?? PADDING;
  }
  let text = '';
  for (let i = 0; i < letters.length; i += AT_ONCE) text += String.fromCharCode(...letters.subarray(i, i + AT_ONCE));
  return text;
}

/** undefined: it is no base64 with padding. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let word = 0;
    for (let k = 0; k < 4; k++) {
      const value = i + k >= text.length - padding ? 0 : (VALUES[text.charCodeAt(i + k)] ?? NONE);
      if (value === NONE) return undefined;
      word = (word << 6) | value;
    }
    for (let k = 0; k < 3 && at < bytes.length; k++, at++) bytes[at] = (word >> (16 - 8 * k)) & 255;
  }
  return bytes;
}
