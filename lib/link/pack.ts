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
/** [128] by a letter's code; what is none of them has `NONE`. A link has millions: a table is several times as fast as a map. */
const NONE = 64;
const VALUES = new Uint8Array(128).fill(NONE);
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const held = bytes.length - i;
    const word = (a << 16) | (b << 8) | c;
    parts.push(
      ALPHABET.charAt(word >> 18) + ALPHABET.charAt((word >> 12) & 63),
      held > 1 ? ALPHABET.charAt((word >> 6) & 63) : '=',
      held > 2 ? ALPHABET.charAt(word & 63) : '=',
    );
  }
  return parts.join('');
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
