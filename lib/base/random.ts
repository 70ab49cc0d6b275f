/**
 * Counter-based random numbers: a draw is a pure function of (seed, replica, cell, stream, step, index), so every engine on
 * every machine sees the same data, whatever the order or the number of workers.
 */

/** What a draw is for. Streams never overlap: each is mixed into the key by itself. */
export const STREAMS = { init: 0, data: 1, group: 2, member: 3, sign: 4, evaluation: 5 } as const;
export type Stream = keyof typeof STREAMS;

/** 2^32 divided by the golden ratio: spreads consecutive replicas over the range. */
const PHI = 0x9e3779b9;

/** The three multipliers and four shifts of the `triple32` integer hash (Wellons, "Hash Prospector", bias 0.0208). */
export const HASH = {
  shifts: [17, 11, 15, 14],
  multipliers: [0xed5ad4bb, 0xac4c1b51, 0x31848bab],
} as const;

/** uint32 → uint32, bijective. */
export function mix(x: number): number {
  x ^= x >>> 17;
  x = Math.imul(x, 0xed5ad4bb);
  x ^= x >>> 11;
  x = Math.imul(x, 0xac4c1b51);
  x ^= x >>> 15;
  x = Math.imul(x, 0x31848bab);
  x ^= x >>> 14;
  return x >>> 0;
}

export interface Origin {
  readonly seed: number;
  /** Global indices, never local to a worker. */
  readonly cell: number;
  readonly replica: number;
}

/** The key of one (origin, stream, step). Each part is mixed in by itself: stream 1 at step 0 must not be stream 0 at step 1. */
export const streamKey = (origin: Origin, stream: Stream, step: number): number =>
  mix((streamRoot(origin, stream) ^ step) >>> 0);

/** What a stream's keys have in common: `mix(root ^ step)` is the key of a step. */
export function streamRoot(origin: Origin, stream: Stream): number {
  const replica = mix((origin.seed + Math.imul(origin.replica, PHI)) >>> 0);
  const cell = mix((replica ^ origin.cell) >>> 0);
  return mix((cell ^ STREAMS[stream]) >>> 0);
}

/** The uint32 draw at `index` (sample · n + feature) of a key. */
export const draw = (key: number, index: number): number => mix((key + index) >>> 0);

/** uint32 → [0, 1) in steps of 2^-24: exact in float32, so every engine has the same value. */
export const toUnit = (bits: number): number => (bits >>> 8) / 0x1000000;
