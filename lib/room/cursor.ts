/**
 * A cursor on a figure, in data units, as bytes: sixty people at fifteen a second are a lot of JSON. What is pointed at travels as 12
 * bytes; the server puts the person before it, and sends 28 for each: many of them in one message.
 *
 *   person [16] · figure uint8 · gone uint8 · cell uint16 · x float32 · y float32     (little-endian)
 */
import { bytesFromId, ID_BYTES, idFromBytes, type PersonId } from '#lib/base/id';
import { LOOK_FIGURES, type LookFigure } from './company.ts';

export interface Cursor {
  readonly figure: LookFigure;
  /** Of the model pointed at. */
  readonly cell: number;
  /** In the units of the figure's axes; null: it has gone. */
  readonly at: { readonly x: number; readonly y: number } | null;
}

export interface PersonCursor extends Cursor {
  readonly person: PersonId;
}

export const POINT_BYTES = 12;
export const CURSOR_BYTES = ID_BYTES + POINT_BYTES;

/** More cells than a run has are not pointed at. */
const MOST_CELL = 0xffff;

export function encodePoint({ figure, cell, at }: Cursor): Uint8Array {
  const bytes = new Uint8Array(POINT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, LOOK_FIGURES.indexOf(figure));
  view.setUint8(1, at === null ? 1 : 0);
  view.setUint16(2, Math.min(cell, MOST_CELL), true);
  view.setFloat32(4, at?.x ?? 0, true);
  view.setFloat32(8, at?.y ?? 0, true);
  return bytes;
}

/** null: they are no cursor. */
export function decodePoint(bytes: Uint8Array): Cursor | null {
  if (bytes.length !== POINT_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const figure = LOOK_FIGURES[view.getUint8(0)];
  const [gone, x, y] = [view.getUint8(1), view.getFloat32(4, true), view.getFloat32(8, true)];
  if (figure === undefined || gone > 1 || !Number.isFinite(x) || !Number.isFinite(y)) return null;
  return { figure, cell: view.getUint16(2, true), at: gone === 1 ? null : { x, y } };
}

export interface StampedPoint {
  readonly person: PersonId;
  /** [12] */
  readonly point: Uint8Array;
}

/** [28 each] */
export function packCursors(cursors: readonly StampedPoint[]): Uint8Array {
  const bytes = new Uint8Array(cursors.length * CURSOR_BYTES);
  cursors.forEach(({ person, point }, i) => {
    bytes.set(bytesFromId(person) ?? [], i * CURSOR_BYTES);
    bytes.set(point, i * CURSOR_BYTES + ID_BYTES);
  });
  return bytes;
}

/** What is no cursor is passed over. */
export function unpackCursors(bytes: Uint8Array): readonly PersonCursor[] {
  return Array.from({ length: Math.floor(bytes.length / CURSOR_BYTES) }, (_, i) => {
    const record = bytes.subarray(i * CURSOR_BYTES, (i + 1) * CURSOR_BYTES);
    const cursor = decodePoint(record.subarray(ID_BYTES));
    return cursor === null ? [] : [{ ...cursor, person: idFromBytes<'person'>(record) }];
  }).flat();
}
