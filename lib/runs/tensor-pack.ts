/**
 * Named tensors and a header, as bytes: what a frame and a checkpoint have in common.
 *
 * All little-endian:
 *   0  4  magic, four ASCII characters
 *   4  4  uint32, length of the header in bytes
 *   8  …  header, ASCII JSON: the caller's fields, then tensors: [{ name, dtype, shape, offset }]
 *   …  …  each tensor at `offset` from the first byte, 8-byte aligned, row-major float32 or float16
 */
import { fromHalf, toHalf } from '#lib/base/half';
import { ok, refuse, type Result } from '#lib/base/result';

/** Named, with its shape: other model families bring other tensors without touching the wire. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Sent and stored as float16: three digits. */
  readonly half?: true;
}

/** Of its numbers, as they are sent and stored. */
export const tensorBytes = ({ data, half }: Tensor): number => data.length * (half === true ? 2 : 4);

/** A kind of pack: how it begins, what it is called in a refusal, and how large it may be. */
export interface PackKind {
  readonly magic: string;
  /** "a frame" */
  readonly noun: string;
  /** bytes at most */
  readonly bytes: number;
}

/** Named bounds of what a stranger may send in any of them. */
const PACK_LIMITS = {
  /** bytes of JSON */
  header: 4_096,
  tensors: 16,
  dimensions: 4,
} as const;

const ALIGN = 8;

export function pack(kind: PackKind, fields: object, tensors: readonly Tensor[]): Uint8Array {
  const headerText = (offsets: readonly number[]): string =>
    JSON.stringify({
      ...fields,
      tensors: tensors.map(({ name, shape, half }, t) => ({
        name,
        dtype: half === true ? 'float16' : 'float32',
        shape,
        offset: offsets[t],
      })),
    });
  // The header's length depends on the offsets' digits and they on it: offsets are laid out from a fixed room for the header.
  const offsets: number[] = [];
  let end = align(8 + headerText(tensors.map(() => kind.bytes)).length);
  for (const tensor of tensors) {
    offsets.push(end);
    end = align(end + tensorBytes(tensor));
  }
  const text = headerText(offsets);
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  writeText(bytes, 0, kind.magic);
  view.setUint32(4, text.length, true);
  writeText(bytes, 8, text);
  tensors.forEach((tensor, t) => {
    const write = tensor.half === true ? writeHalves : writeFloats;
    write(view, offsets[t] ?? 0, tensor.data);
  });
  return bytes;
}

export interface Unpacked {
  /** The header's fields, tensors among them: not looked at yet. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tensors: readonly Tensor[];
}

/** Any bytes → what they hold, or a refusal that says what is wrong with them. Never throws. */
export function unpack(kind: PackKind, bytes: Uint8Array): Result<Unpacked> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > kind.bytes) return notA(kind, `it holds at most ${String(kind.bytes)} bytes`);
  if (bytes.length < 8 || readText(bytes.subarray(0, 4)) !== kind.magic)
    return notA(kind, `the first four bytes must be "${kind.magic}"`);
  const length = view.getUint32(4, true);
  if (length > PACK_LIMITS.header || 8 + length > bytes.length)
    return notA(kind, 'the header is longer than the bytes');
  const header = parseHeader(bytes.subarray(8, 8 + length));
  if (header === undefined) return notA(kind, 'the header is not its JSON');
  const tensors: Tensor[] = [];
  let held = 0;
  for (const { name, dtype, shape, offset } of header.tensors) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const half = dtype === 'float16';
    const length = size * (half ? 2 : 4);
    if (offset % ALIGN !== 0 || offset + length > bytes.length) return notA(kind, `tensor ${name} lies outside`);
    // Sixteen tensors over the same bytes would take sixteen times the memory that was sent.
    held += length;
    if (held > bytes.length) return notA(kind, 'the tensors overlap');
    if (half) tensors.push({ name, shape, data: readHalves(view, offset, size), half });
    else tensors.push({ name, shape, data: readFloats(view, offset, size) });
  }
  return ok({ fields: header, tensors });
}

export const notA = ({ noun }: PackKind, message: string): ReturnType<typeof refuse> =>
  refuse('invalid', `Not ${noun}: ${message}.`, noun.split(' ').at(-1));

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

interface Header extends Readonly<Record<string, unknown>> {
  readonly tensors: readonly { name: string; dtype: string; shape: readonly number[]; offset: number }[];
}

function parseHeader(bytes: Uint8Array): Header | undefined {
  let header: unknown;
  try {
    header = JSON.parse(readText(bytes));
  } catch {
    return undefined;
  }
  return isHeader(header) ? header : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function isHeader(value: unknown): value is Header {
  if (!isRecord(value)) return false;
  const { tensors } = value;
  return Array.isArray(tensors) && tensors.length <= PACK_LIMITS.tensors && tensors.every(isTensorHeader);
}

function isTensorHeader(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, dtype, shape, offset } = value;
  return (
    typeof name === 'string' &&
    (dtype === 'float32' || dtype === 'float16') &&
    Array.isArray(shape) &&
    shape.length <= PACK_LIMITS.dimensions &&
    shape.every(isCount) &&
    isCount(offset)
  );
}

const align = (offset: number): number => Math.ceil(offset / ALIGN) * ALIGN;

const readText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function writeText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

function writeFloats(view: DataView, offset: number, data: Float32Array): void {
  for (let i = 0; i < data.length; i++) view.setFloat32(offset + i * 4, data[i] ?? 0, true);
}

function readFloats(view: DataView, offset: number, size: number): Float32Array {
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) data[i] = view.getFloat32(offset + i * 4, true);
  return data;
}

function writeHalves(view: DataView, offset: number, data: Float32Array): void {
  for (let i = 0; i < data.length; i++) view.setUint16(offset + i * 2, toHalf(data[i] ?? 0), true);
}

function readHalves(view: DataView, offset: number, size: number): Float32Array {
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) data[i] = fromHalf(view.getUint16(offset + i * 2, true));
  return data;
}
