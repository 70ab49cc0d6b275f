/** A checkpoint's bytes, on the wire and on disk (`tensor-pack.ts`, magic "PTC1"). */
import { ok, type Result } from '#lib/base/result';
import type { Checkpoint, TilePlace } from './events.ts';
import { isCount, notA, pack, unpack, type PackKind } from './tensor-pack.ts';

const CHECKPOINT_VERSION = 1;

/** Weights and Adam's two moments of the largest shape in float32, with room for the header. */
export const CHECKPOINT: PackKind = { magic: 'PTC1', noun: 'a checkpoint', bytes: 49_000_000 };

export function encodeCheckpoint({ tensors, ...place }: Checkpoint): Uint8Array {
  return pack(CHECKPOINT, { version: CHECKPOINT_VERSION, ...place }, tensors);
}

/** Any bytes → the checkpoint they hold, or a refusal that says what is wrong with them. Never throws. */
export function decodeCheckpoint(bytes: Uint8Array): Result<Checkpoint> {
  const unpacked = unpack(CHECKPOINT, bytes);
  if (!unpacked.ok) return unpacked;
  const { fields, tensors } = unpacked.value;
  const { version, step, seconds, from, tile } = fields;
  if (version !== CHECKPOINT_VERSION || !isCount(step) || !isCount(from) || !isDuration(seconds))
    return notA(CHECKPOINT, 'the header is not the JSON of a checkpoint');
  if (tile === undefined) return ok({ step, seconds, from, tensors });
  return isTilePlace(tile)
    ? ok({ step, seconds, from, tile, tensors })
    : notA(CHECKPOINT, 'the place in its tile is none');
}

const isTilePlace = (value: unknown): value is TilePlace =>
  typeof value === 'object' &&
  value !== null &&
  'step' in value &&
  isCount(value.step) &&
  'hash' in value &&
  typeof value.hash === 'string' &&
  /^([0-9a-f]{64})?$/.test(value.hash);

const isDuration = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
