import { expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { decodeFrame, drawnMatrix, type Frame } from './frame.ts';
import { pictureOf } from './kept.ts';
import type { RunStatus } from './record.ts';
import { startingRecord } from './record.fixture.ts';

/** Two cells of three replicas each, of which the second and the first are best. */
const STATUS: RunStatus = {
  phase: 'finished',
  step: 10,
  seconds: 1,
  evaluationLoss: [3, 1, 2, 4, 5, 9],
  weightsHash: '',
};

test.each([
  ['tied', 'W'],
  ['untied', 'W1'],
] as const)('the picture of %s models is %s of each cell’s best replica', (model, name) => {
  const spec = resolve({ ...DEFAULT_PARAMETERS, model, n: 2, m: 1, densities: 2, replicas: 3 });
  const matrix = { name, shape: [6, 2, 1], data: Float32Array.from({ length: 12 }, (_, k) => k) };
  const others = [
    { name: 'W2', shape: [6, 2, 1], data: new Float32Array(12) },
    { name: 'b', shape: [6, 2], data: new Float32Array(12) },
  ];
  const record = startingRecord(spec, { status: STATUS });
  const frame: Frame = {
    run: record.id,
    lease: 1,
    seq: 1,
    step: 10,
    from: 0,
    kept: true,
    tensors: [matrix, ...others],
  };
  const picture = decodeFrame(pictureOf(record, frame) ?? new Uint8Array());
  if (!picture.ok) throw new Error('no picture');
  expect(picture.value.tensors).toHaveLength(1);
  expect(drawnMatrix(picture.value)).toEqual({ name, shape: [2, 2, 1], data: Float32Array.of(2, 3, 6, 7) });
});
