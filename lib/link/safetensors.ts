/** The final weights as safetensors: eight bytes of length, a JSON header, little-endian tensors. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { floatBytes, tensorOf } from './pack.ts';
import type { Link, LinkId } from './link.ts';

/** The header ends at a multiple of this: readers map the tensors where they lie. */
const ALIGN = 8;

/** Tensors W [k, n, m] and b [k, n] (W1, W2 and b of an untied model) of the instances that `__metadata__` names. */
export function safetensorsOf(link: Link, id: LinkId): Uint8Array {
  const tensors = link.weights.tensors.map(tensorOf);
  let end = 0;
  const entries = tensors.map(({ name, shape, data }) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const metadata = {
    format: 'pt',
    link: id,
    title: link.title,
    specHash: link.specHash,
    weightsHash: link.result.weightsHash,
    instances: JSON.stringify(link.weights.instances),
  };
  const text = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const header = utf8ToBytes(text);
  const padded = Math.ceil(header.length / ALIGN) * ALIGN;
  const bytes = new Uint8Array(8 + padded + end);
  new DataView(bytes.buffer).setUint32(0, padded, true);
  bytes.fill(32, 8, 8 + padded);
  bytes.set(header, 8);
  tensors.forEach(({ data }, k) => {
    bytes.set(floatBytes(data), 8 + padded + (entries[k]?.[1].data_offsets[0] ?? 0));
  });
  return bytes;
}
