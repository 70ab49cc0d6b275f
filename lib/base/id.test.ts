import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesFromId, ID_BYTES, idFromBytes } from './id.ts';

test('bytes → id → the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: ID_BYTES, maxLength: ID_BYTES }), (bytes) => {
      expect(bytesFromId(idFromBytes(bytes))).toEqual(Uint8Array.from(bytes));
    }),
  );
});

test('what is no id has no bytes', () => {
  expect(bytesFromId('too short')).toBeUndefined();
  expect(bytesFromId('!'.repeat(22))).toBeUndefined();
});
