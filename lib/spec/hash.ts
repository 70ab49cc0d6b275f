import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { present } from '#lib/base/assert';
import type { RunSpec } from './spec.ts';

/** SHA-256 in hexadecimal over the spec's canonical JSON (RFC 8785). Engine and device are not part of it. */
export const specHash = (spec: RunSpec): string =>
  bytesToHex(sha256(utf8ToBytes(present(canonicalize(spec), 'canonical JSON'))));

/** SHA-256 in hexadecimal over the final checkpoint's little-endian float32 bytes: its weights in the order of `weightNames`, W [I, n, m], then b [I, n]. */
export function weightsHash(...tensors: readonly Float32Array[]): string {
  const hash = sha256.create();
  for (const tensor of tensors) hash.update(littleEndianBytes(tensor));
  return bytesToHex(hash.digest());
}

/**
 * A sweep's weights as they come, cell after cell: SHA-256 over the hash so far (the first: none) and one cell's tensors, in the order of
 * `weightsHash`. However the cells are cut into tiles, the last of these is the run's.
 */
export function nextWeightsHash(before: string, tensors: readonly Float32Array[]): string {
  const hash = sha256.create().update(utf8ToBytes(before));
  for (const tensor of tensors) hash.update(littleEndianBytes(tensor));
  return bytesToHex(hash.digest());
}

function littleEndianBytes(tensor: Float32Array): Uint8Array {
  const bytes = new Uint8Array(tensor.length * 4);
  const view = new DataView(bytes.buffer);
  tensor.forEach((value, i) => {
    view.setFloat32(i * 4, value, true);
  });
  return bytes;
}
