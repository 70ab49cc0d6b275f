import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-pack.ts';
import { encodeFrame } from './frame.ts';
import type { Checkpoint } from './events.ts';

const checkpoint: Checkpoint = {
  step: 4_120,
  seconds: 1.25,
  from: 0,
  tensors: [
    { name: 'W', shape: [2, 2, 1], data: Float32Array.of(1, -0, 3, 4) },
    { name: 'W.v', shape: [2, 2, 1], data: Float32Array.of(1e-12, 2, 3, NaN) },
  ],
};

test('what is encoded is decoded', () => {
  expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual({ ok: true, value: checkpoint });
});

test('a frame is not a checkpoint', () => {
  const frame = encodeFrame({ ...checkpoint, run: 'r', lease: 1, seq: 1, kept: true });
  expect(decodeCheckpoint(frame)).toMatchObject({ ok: false, error: { field: 'checkpoint' } });
});

test.each([{ step: -1 }, { step: 0.5 }, { seconds: -1 }, { seconds: Infinity }, { from: -2 }])(
  '%o is refused',
  (wrong) => {
    const decoded = decodeCheckpoint(encodeCheckpoint({ ...checkpoint, ...wrong }));
    expect(decoded).toMatchObject({ ok: false, error: { code: 'invalid', field: 'checkpoint' } });
  },
);

test('one with some bytes changed, or cut, is a checkpoint or a refusal, never an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat(), (changes, cut) => {
      const bytes = encodeCheckpoint(checkpoint);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      for (const some of [bytes, bytes.subarray(0, cut % bytes.length)]) {
        const decoded = decodeCheckpoint(some);
        if (!decoded.ok) expect(decoded.error.field).toBe('checkpoint');
      }
    }),
    { numRuns: 2_000 },
  );
});
