/**
 * Several frames as one piece: for each its length in bytes (uint32, little-endian), then itself. Socket.IO's parser takes at most
 * ten binary attachments in one packet, and a timeline has a hundred frames.
 */
const LENGTH_BYTES = 4;

export function packFrames(frames: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(frames.reduce((size, frame) => size + LENGTH_BYTES + frame.length, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const frame of frames) {
    view.setUint32(at, frame.length, true);
    packed.set(frame, at + LENGTH_BYTES);
    at += LENGTH_BYTES + frame.length;
  }
  return packed;
}

/** The frames, as views of `packed`; one that is cut short is left out. */
export function unpackFrames(packed: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const frames: Uint8Array[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= packed.length) {
    const start = at + LENGTH_BYTES;
    at = start + view.getUint32(at, true);
    if (at <= packed.length) frames.push(packed.subarray(start, at));
  }
  return frames;
}
