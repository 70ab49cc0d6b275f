/** Bytes too large for one message, in parts: cut on one side, put together on the other. */
import { ok, refuse, type Result } from '#lib/base/result';

export interface Part {
  /** bytes of the whole */
  readonly size: number;
  /** Of this part's first byte in the whole. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The part of `bytes` at `offset`, at most `most` bytes of it. */
export const partAt = (bytes: Uint8Array, offset: number, most: number): Part => ({
  size: bytes.length,
  offset,
  bytes: bytes.slice(offset, offset + most),
});

/** All of it in order; what is empty is one empty part. */
export function cutIntoParts(bytes: Uint8Array, most: number): readonly Part[] {
  const count = Math.max(1, Math.ceil(bytes.length / most));
  return Array.from({ length: count }, (_, i) => partAt(bytes, i * most, most));
}

export interface Assembly {
  /** The whole where this was its last part, null where more are to come. A part at 0 begins another whole. */
  add(part: Part, limit: number): Result<Uint8Array | null>;
}

/** Parts come in order. Memory grows with what arrived, never with what was announced. */
export function createAssembly(): Assembly {
  let parts: Uint8Array[] = [];
  let size = 0;
  let held = 0;

  return {
    add(part, limit) {
      if (part.size > limit) return refuse('limit', `size must be at most ${limit} bytes; it is ${part.size}.`, 'size');
      if (part.offset === 0) [parts, size, held] = [[], part.size, 0];
      if (part.offset !== held || part.size !== size || held + part.bytes.length > size)
        return refuse('conflict', `The next part begins at ${held}; begin again at 0.`, 'offset');
      parts.push(part.bytes);
      held += part.bytes.length;
      if (held < size) return ok(null);
      const whole = join(parts, size);
      [parts, size, held] = [[], 0, 0];
      return ok(whole);
    },
  };
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
