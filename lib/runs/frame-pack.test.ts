import { expect, test } from 'vitest';
import { packFrames, unpackFrames } from './frame-pack.ts';

const FRAMES = [Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.of(4)];

test('P52 frames that were packed come back, from the middle of a buffer too', () => {
  const packed = packFrames(FRAMES);
  expect([...packed.subarray(0, 7)]).toEqual([3, 0, 0, 0, 1, 2, 3]);
  const inside = new Uint8Array(packed.length + 5);
  inside.set(packed, 5);
  expect(unpackFrames(inside.subarray(5))).toEqual(FRAMES);
  expect(unpackFrames(packFrames([]))).toEqual([]);
});

test('a frame that is cut short is left out', () => {
  const packed = packFrames([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]);
  for (let length = 7; length < packed.length; length++)
    expect(unpackFrames(packed.subarray(0, length))).toEqual([Uint8Array.of(1, 2, 3)]);
});
