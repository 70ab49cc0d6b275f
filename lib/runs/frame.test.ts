import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame, encodeFrame, sliceFrame, tensorOf, type Frame } from './frame.ts';
import type { Tensor } from './tensor-pack.ts';

const count = fc.nat(1_000_000);
const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.stringMatching(/^[A-Za-z0-9.]{1,12}$/),
    fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
    fc.nat(),
  )
  .map(([name, shape, salt]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return { name, shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(salt + i) * 10 ** (i % 9)) };
  });
const anyFrame: fc.Arbitrary<Frame> = fc.record({
  run: fc.stringMatching(/^[A-Za-z0-9_-]{22}$/),
  lease: count,
  seq: count,
  step: count,
  from: count,
  kept: fc.boolean(),
  tensors: fc.array(anyTensor, { maxLength: 16 }),
});

const frame: Frame = {
  run: 'run',
  lease: 1,
  seq: 2,
  step: 3,
  from: 4,
  kept: true,
  tensors: [
    { name: 'W', shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    { name: 'b', shape: [3], data: Float32Array.of(NaN, -0, Infinity) },
  ],
};

describe('what is encoded is decoded', () => {
  test('any frame', () => {
    fc.assert(
      fc.property(anyFrame, (any) => {
        expect(decodeFrame(encodeFrame(any))).toEqual({ ok: true, value: any });
      }),
    );
  });

  test('also from within a larger buffer, at any offset', () => {
    const bytes = encodeFrame(frame);
    const larger = new Uint8Array(bytes.length + 10);
    larger.set(bytes, 3);
    expect(decodeFrame(larger.subarray(3, 3 + bytes.length))).toEqual({ ok: true, value: frame });
  });
});

test('the bytes are as documented: magic, length of the header, JSON, tensors on multiples of 8', () => {
  const bytes = encodeFrame(frame);
  const view = new DataView(bytes.buffer);
  expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('PTF1');
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + view.getUint32(4, true)))) as {
    tensors: { offset: number; dtype: string }[];
  };
  expect(header).toMatchObject({ version: 1, run: 'run', lease: 1, seq: 2, step: 3, from: 4, kept: true });
  for (const { offset, dtype } of header.tensors) expect([offset % 8, dtype]).toEqual([0, 'float32']);
  expect(view.getFloat32((header.tensors[0]?.offset ?? 0) + 8, true)).toBe(3);
});

describe('bytes of a stranger are a frame or a refusal, never an exception', () => {
  const survives = (bytes: Uint8Array): boolean => {
    const decoded = decodeFrame(bytes);
    return decoded.ok || (decoded.error.code === 'invalid' && decoded.error.field === 'frame');
  };

  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), survives));
  });

  test('a true frame with some bytes changed, or cut', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(anyFrame, fc.array(change, { maxLength: 8 }), fc.nat(), (any, changes, cut) => {
        const bytes = encodeFrame(any);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return survives(bytes) && survives(bytes.subarray(0, cut % bytes.length));
      }),
      { numRuns: 2_000 },
    );
  });

  /** A frame of 2,048 bytes with this header. */
  const withHeader = (header: unknown): Uint8Array => {
    const bytes = new Uint8Array(2_048);
    const text = new TextEncoder().encode(JSON.stringify(header));
    bytes.set(new TextEncoder().encode('PTF1'));
    new DataView(bytes.buffer).setUint32(4, text.length, true);
    bytes.set(text, 8);
    return bytes;
  };
  const tensor = { name: 'W', dtype: 'float32', shape: [2], offset: 1_536 };
  const header = { version: 1, run: 'r', lease: 0, seq: 0, step: 0, from: 0, kept: false, tensors: [tensor] };

  test('the header they are changed from is good', () => {
    expect(decodeFrame(withHeader(header)).ok).toBe(true);
  });

  test.each([
    ['a later version', { ...header, version: 2 }],
    ['no object', 7],
    ['a negative step', { ...header, step: -1 }],
    ['a step between steps', { ...header, step: 0.5 }],
    ['another type of number', { ...header, tensors: [{ ...tensor, dtype: 'float64' }] }],
    ['a tensor past the end', { ...header, tensors: [{ ...tensor, offset: 2_040, shape: [4] }] }],
    ['a tensor off its alignment', { ...header, tensors: [{ ...tensor, offset: 1_540 }] }],
    ['a shape that is enormous', { ...header, tensors: [{ ...tensor, shape: [2 ** 52, 2 ** 52, 2 ** 52, 2] }] }],
    ['a shape of five dimensions', { ...header, tensors: [{ ...tensor, shape: [1, 1, 1, 1, 1] }] }],
    ['too many tensors', { ...header, tensors: new Array(17).fill(tensor) }],
    [
      'tensors that share their bytes, to be many times the size of the frame',
      { ...header, tensors: new Array(16).fill({ ...tensor, shape: [128] }) },
    ],
  ])('%s', (_, changed) => {
    expect(decodeFrame(withHeader(changed))).toMatchObject({ ok: false, error: { code: 'invalid', field: 'frame' } });
  });
});

describe('sliceFrame', () => {
  test('takes the asked instances, by global index, of the asked tensors', () => {
    expect(sliceFrame(frame, ['W'], [4, 6]).tensors).toEqual([
      { name: 'W', shape: [2, 2], data: Float32Array.of(1, 2, 5, 6) },
    ]);
  });

  test('leaves out what the frame does not hold', () => {
    expect(sliceFrame(frame, ['b', 'h'], [3, 5, 7]).tensors).toEqual([
      { name: 'b', shape: [1], data: Float32Array.of(-0) },
    ]);
  });
});

test('tensorOf finds by name', () => {
  expect(tensorOf(frame, 'b')?.shape).toEqual([3]);
  expect(tensorOf(frame, 'h')).toBeUndefined();
});
