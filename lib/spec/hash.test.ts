import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { specHash, weightsHash } from './hash.ts';
import { DEFAULT_PARAMETERS } from './parameters.ts';
import { resolve } from './resolve.ts';
import type { RunSpec } from './spec.ts';

const spec = resolve(DEFAULT_PARAMETERS);

test('the introduction has this name', () => {
  expect(specHash(spec)).toBe('4dfc7cd0d1b2c2e8a8e19633e92fb92f3fd5506ed4a435b59dbb93ee5e9c3c4d');
});

test('the order of keys does not matter, at any depth', () => {
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, held]) => [key, reversed(held)]),
          )
        : value;
  expect(Object.keys(reversed(spec) as RunSpec)[0]).toBe('seed');
  expect(specHash(reversed(spec) as RunSpec)).toBe(specHash(spec));
});

test('every number matters', () => {
  const changed: RunSpec[] = [
    { ...spec, seed: 2 },
    { ...spec, steps: 9_999 },
    { ...spec, optimizer: { ...spec.optimizer, epsilon: 1e-7 } },
    { ...spec, model: { ...spec.model, output: 'linear' } },
  ];
  expect(new Set([spec, ...changed].map(specHash)).size).toBe(5);
});

test('weightsHash is SHA-256 over W, then b, little-endian float32', () => {
  const bytes = Buffer.alloc(12);
  [1, 2, 0.5].forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  const expected = createHash('sha256').update(bytes).digest('hex');
  expect(weightsHash(Float32Array.of(1, 2), Float32Array.of(0.5))).toBe(expected);
});

test('weightsHash sees the sign of zero and the last bit', () => {
  const hash = (value: number): string => weightsHash(Float32Array.of(value), Float32Array.of(0));
  expect(new Set([hash(0), hash(-0), hash(1), hash(1 + 2 ** -23)]).size).toBe(4);
});
