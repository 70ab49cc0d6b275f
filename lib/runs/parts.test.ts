import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAssembly, cutIntoParts, type Part } from './parts.ts';

const MOST = 10;
const part = (size: number, offset: number, length: number): Part => ({
  size,
  offset,
  bytes: new Uint8Array(length).fill(7),
});

test('what is cut is put together again, and only the last part gives the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const assembly = createAssembly();
      const answers = cutIntoParts(bytes, MOST).map((next) => assembly.add(next, 100));
      expect(answers.at(-1)).toEqual({ ok: true, value: bytes });
      for (const answer of answers.slice(0, -1)) expect(answer).toEqual({ ok: true, value: null });
    }),
  );
});

test('a part that is missing, too long or of another whole is refused, and one can begin again', () => {
  const assembly = createAssembly();
  expect(assembly.add(part(30, 0, 10), 100).ok).toBe(true);
  for (const wrong of [part(30, 20, 10), part(40, 10, 10), part(30, 10, 21)])
    expect(assembly.add(wrong, 100)).toMatchObject({ ok: false, error: { code: 'conflict', field: 'offset' } });
  expect(assembly.add(part(10, 0, 10), 100)).toEqual({ ok: true, value: new Uint8Array(10).fill(7) });
});

test('more than the limit is refused before anything is kept', () => {
  expect(createAssembly().add(part(101, 0, 10), 100)).toMatchObject({ ok: false, error: { code: 'limit' } });
});
