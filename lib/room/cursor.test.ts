import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idFromBytes } from '#lib/base/id';
import { LOOK_FIGURES, type LookFigure } from './company.ts';
import { CURSOR_BYTES, decodePoint, encodePoint, packCursors, POINT_BYTES, unpackCursors } from './cursor.ts';

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const cursor = fc.record({
  figure: fc.constantFrom(...LOOK_FIGURES),
  cell: fc.nat(0xffff),
  at: fc.option(fc.record({ x: float, y: float })),
});
const person = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => idFromBytes<'person'>(bytes));

test('many cursors of many people → 28 bytes each → the same', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(person, cursor), { maxLength: 8 }), (cursors) => {
      const packed = packCursors(cursors.map(([id, each]) => ({ person: id, point: encodePoint(each) })));
      expect(packed.length).toBe(CURSOR_BYTES * cursors.length);
      // -0 has no place on a figure.
      expect(unpackCursors(packed)).toEqual(cursors.map(([id, each]) => ({ ...each, person: id })));
    }),
  );
});

test('P181 P188 a figure travels as its place among all, which never changes', () => {
  const placeOf = (figure: LookFigure): number | undefined => encodePoint({ figure, cell: 0, at: null })[0];
  expect(LOOK_FIGURES.map(placeOf)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect((['strip', 'timeline', 'map'] as const).map(placeOf)).toEqual([0, 5, 6]);
});

test('bytes that are no cursor are none: too many, an unknown figure, a place that is no number', () => {
  const bytes = encodePoint({ figure: 'gram', cell: 2, at: { x: 1, y: 2 } });
  expect(decodePoint(bytes)).toEqual({ figure: 'gram', cell: 2, at: { x: 1, y: 2 } });
  expect(decodePoint(new Uint8Array(POINT_BYTES + 1))).toBeNull();
  expect(decodePoint(Uint8Array.from(bytes, (byte, i) => (i === 0 ? LOOK_FIGURES.length : byte)))).toBeNull();
  expect(decodePoint(encodePoint({ figure: 'gram', cell: 2, at: { x: NaN, y: 2 } }))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3 * CURSOR_BYTES }), (any) => {
      for (const { at } of unpackCursors(any)) if (at !== null) expect(Number.isFinite(at.x + at.y)).toBe(true);
    }),
  );
});
