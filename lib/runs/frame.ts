/**
 * A frame: named tensors of a run at one step, and its bytes on the wire.
 *
 * Bytes, all little-endian:
 *   0  4  magic "PTF1"
 *   4  4  uint32, length of the header in bytes
 *   8  …  header, UTF-8 JSON (ASCII only): { version, run, lease, seq, step, from, kept, tensors: [{ name, dtype, shape, offset }] }
 *   …  …  each tensor at `offset` from the frame's first byte, 8-byte aligned, row-major
 */
import { ok, refuse, type Result } from '#lib/base/result';

export const FRAME_VERSION = 1;
const MAGIC = 0x31465450; // "PTF1", little-endian
const ALIGN = 8;

/** Named, with its shape: other model families bring other tensors without touching the wire. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Frame {
  readonly run: string;
  /** Which claim on the run it was made under; grows with every hand-over. */
  readonly lease: number;
  /** Grows with every frame of a lease. */
  readonly seq: number;
  readonly step: number;
  /** First instance held: axis 0 of every tensor counts instances from here. */
  readonly from: number;
  /** One of the timeline's frames: sent reliably and archived. The others may be lost. */
  readonly kept: boolean;
  readonly tensors: readonly Tensor[];
}

/** Named bounds of what a stranger may send. */
export const FRAME_LIMITS = {
  /** bytes: a frame of the largest shape, in float32, with room for its header */
  bytes: 17_000_000,
  /** bytes of JSON */
  header: 4_096,
  tensors: 16,
} as const;

export function encodeFrame(frame: Frame): Uint8Array {
  // The header's length depends on the offsets' digits and they on it: offsets are laid out from a fixed room for the header.
  const headerRoom = align(
    8 +
      headerText(
        frame,
        frame.tensors.map(() => FRAME_LIMITS.bytes),
      ).length,
  );
  const offsets: number[] = [];
  let end = headerRoom;
  for (const tensor of frame.tensors) {
    offsets.push(end);
    end = align(end + tensor.data.byteLength);
  }
  const text = headerText(frame, offsets);
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, text.length, true);
  for (let i = 0; i < text.length; i++) bytes[8 + i] = text.charCodeAt(i);
  frame.tensors.forEach((tensor, t) => {
    writeFloats(view, offsets[t] ?? 0, tensor.data);
  });
  return bytes;
}

/** Any bytes → the frame they hold, or a refusal that says what is wrong with them. Never throws. */
export function decodeFrame(bytes: Uint8Array): Result<Frame> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > FRAME_LIMITS.bytes) return bad(`a frame holds at most ${String(FRAME_LIMITS.bytes)} bytes`);
  if (bytes.length < 8 || view.getUint32(0, true) !== MAGIC) return bad('the first four bytes must be "PTF1"');
  const length = view.getUint32(4, true);
  if (length > FRAME_LIMITS.header || 8 + length > bytes.length) return bad('the header is longer than the frame');
  const header = parseHeader(bytes.subarray(8, 8 + length));
  if (header === undefined) return bad('the header is not the JSON of a frame');
  const tensors: Tensor[] = [];
  let held = 0;
  for (const { name, shape, offset } of header.tensors) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    if (offset % ALIGN !== 0 || offset + size * 4 > bytes.length) return bad(`tensor ${name} lies outside the frame`);
    // Sixteen tensors over the same bytes would take sixteen times the memory that was sent.
    held += size * 4;
    if (held > bytes.length) return bad('the tensors overlap');
    tensors.push({ name, shape, data: readFloats(view, offset, size) });
  }
  const { run, lease, seq, step, from, kept } = header;
  return ok({ run, lease, seq, step, from, kept, tensors });
}

export const tensorOf = (frame: Frame, name: string): Tensor | undefined =>
  frame.tensors.find((tensor) => tensor.name === name);

/** The frame with only `instances` (global indices, ascending) of `names`, in that order: what a viewer subscribed to. */
export function sliceFrame(frame: Frame, names: readonly string[], instances: readonly number[]): Frame {
  const tensors = frame.tensors
    .filter((tensor) => names.includes(tensor.name))
    .map((tensor) =>
      sliceTensor(
        tensor,
        instances.map((instance) => instance - frame.from),
      ),
    );
  return { ...frame, tensors };
}

function sliceTensor(tensor: Tensor, rows: readonly number[]): Tensor {
  const [count = 0, ...rest] = tensor.shape;
  const size = rest.reduce((product, extent) => product * extent, 1);
  const held = rows.filter((row) => row >= 0 && row < count);
  const data = new Float32Array(held.length * size);
  held.forEach((row, i) => {
    data.set(tensor.data.subarray(row * size, (row + 1) * size), i * size);
  });
  return { name: tensor.name, shape: [held.length, ...rest], data };
}

interface Header extends Omit<Frame, 'tensors'> {
  readonly tensors: readonly { name: string; shape: readonly number[]; offset: number }[];
}

function headerText(frame: Frame, offsets: readonly number[]): string {
  const { run, lease, seq, step, from, kept } = frame;
  const tensors = frame.tensors.map(({ name, shape }, t) => ({ name, dtype: 'float32', shape, offset: offsets[t] }));
  return JSON.stringify({ version: FRAME_VERSION, run, lease, seq, step, from, kept, tensors });
}

function parseHeader(bytes: Uint8Array): Header | undefined {
  let header: unknown;
  try {
    header = JSON.parse(String.fromCharCode(...bytes));
  } catch {
    return undefined;
  }
  return isHeader(header) ? header : undefined;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function isHeader(value: unknown): value is Header {
  if (!isRecord(value)) return false;
  const { version, run, lease, seq, step, from, kept, tensors } = value;
  return (
    version === FRAME_VERSION &&
    typeof run === 'string' &&
    typeof kept === 'boolean' &&
    [lease, seq, step, from].every(isCount) &&
    Array.isArray(tensors) &&
    tensors.length <= FRAME_LIMITS.tensors &&
    tensors.every(isTensorHeader)
  );
}

function isTensorHeader(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, dtype, shape, offset } = value;
  return (
    typeof name === 'string' &&
    dtype === 'float32' &&
    Array.isArray(shape) &&
    shape.length <= 4 &&
    shape.every(isCount) &&
    isCount(offset)
  );
}

const align = (offset: number): number => Math.ceil(offset / ALIGN) * ALIGN;
const bad = (message: string): ReturnType<typeof refuse> => refuse('invalid', `Not a frame: ${message}.`, 'frame');

function writeFloats(view: DataView, offset: number, data: Float32Array): void {
  for (let i = 0; i < data.length; i++) view.setFloat32(offset + i * 4, data[i] ?? 0, true);
}

function readFloats(view: DataView, offset: number, size: number): Float32Array {
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) data[i] = view.getFloat32(offset + i * 4, true);
  return data;
}
