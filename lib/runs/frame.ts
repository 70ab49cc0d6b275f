/** A frame: named tensors of a run at one step, and its bytes on the wire (`tensor-pack.ts`, magic "PTF1"). */
import { ok, type Result } from '#lib/base/result';
import { isCount, notA, pack, unpack, type PackKind, type Tensor } from './tensor-pack.ts';

export const FRAME_VERSION = 1;

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

/** Large enough for the largest shape in float32, with room for its header. */
export const FRAME: PackKind = { magic: 'PTF1', noun: 'a frame', bytes: 17_000_000 };

export function encodeFrame({ tensors, run, lease, seq, step, from, kept }: Frame): Uint8Array {
  return pack(FRAME, { version: FRAME_VERSION, run, lease, seq, step, from, kept }, tensors);
}

/** Any bytes → the frame they hold, or a refusal that says what is wrong with them. Never throws. */
export function decodeFrame(bytes: Uint8Array): Result<Frame> {
  const unpacked = unpack(FRAME, bytes);
  if (!unpacked.ok) return unpacked;
  const { fields, tensors } = unpacked.value;
  if (!isFrameHeader(fields)) return notA(FRAME, 'the header is not the JSON of a frame');
  const { run, lease, seq, step, from, kept } = fields;
  return ok({ run, lease, seq, step, from, kept, tensors });
}

type FrameHeader = Omit<Frame, 'tensors'>;

function isFrameHeader(fields: Readonly<Record<string, unknown>>): fields is Record<string, unknown> & FrameHeader {
  const { version, run, lease, seq, step, from, kept } = fields;
  return (
    version === FRAME_VERSION &&
    typeof run === 'string' &&
    typeof kept === 'boolean' &&
    [lease, seq, step, from].every(isCount)
  );
}

/** The matrix whose rows are drawn and measured: of an untied model the one on the way in. */
export const DRAWN_MATRIX = ['W', 'W1'] as const;

export const drawnMatrix = (frame: Frame): Tensor | undefined =>
  frame.tensors.find(({ name }) => DRAWN_MATRIX.some((drawn) => drawn === name));

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
