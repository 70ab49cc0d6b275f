import { expect, test } from 'vitest';
import { DIAGRAM } from '#lib/experiments/diagram';
import { FRAME_VERSION, type Frame } from '#lib/runs/frame';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { mapOfFrame } from './use-shown-map.ts';

const size = { n: 2, m: 1, densities: 2, relativeImportances: 2, replicas: 1 };
const diagram = resolve({ ...DEFAULT_PARAMETERS, ...DIAGRAM.defaults, ...size });
const UNTIED = { ...diagram.model, kind: 'untied', hidden: 'linear', target: 'x' } as const;

const frameOf = (name: string, shape: readonly number[], values: number): Frame => ({
  ...{ version: FRAME_VERSION, run: 'r'.repeat(22), lease: 1, seq: 1, step: 10, from: 0, kept: true },
  tensors: [{ name, shape, data: new Float32Array(values).fill(1) }],
});

test.each([
  ['tied', diagram, 'W'],
  ['untied', { ...diagram, model: UNTIED }, 'W1'],
])('the cells of a diagram of %s models', (_, spec, name) => {
  const map = mapOfFrame(spec, frameOf(name, [4, 2, 1], 8), null);
  expect(map.norm).toEqual(new Float32Array(8).fill(1));
  expect(map.done).toEqual(new Uint8Array(4));
});

test('a frame of models with another number of features shows nothing', () => {
  expect(mapOfFrame(diagram, frameOf('W', [4, 3, 1], 12), null).norm).toEqual(new Float32Array(8).fill(NaN));
});
