import { describe, expect, test } from 'vitest';
import type { RunId } from '#lib/base/id';
import { DIAGRAM } from '#lib/experiments/diagram';
import { norms } from '#lib/measure/norms';
import { superposition } from '#lib/measure/superposition';
import { cellCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { FRAME_VERSION, type Frame } from './frame.ts';
import { summarise, sweepMap } from './sweep-frame.ts';

const diagram = (side: number, n = 2): RunSpec =>
  resolve({
    ...DEFAULT_PARAMETERS,
    ...DIAGRAM.defaults,
    n,
    m: 1,
    densities: side,
    relativeImportances: side,
    replicas: 1,
  });

/** A kept frame of all cells, each feature of every model as long as the next. */
function frameOf(spec: RunSpec): Frame {
  const { n, m } = spec.model;
  const cells = cellCount(spec);
  const tensors = [{ name: 'W', shape: [cells, n, m], data: new Float32Array(cells * n * m).fill(1) }];
  const frame = {
    version: FRAME_VERSION,
    run: 'r'.repeat(22) as RunId,
    lease: 1,
    seq: 1,
    step: 10,
    from: 0,
    kept: true,
    tensors,
  };
  return { ...frame, ...summarise(spec, frame, { norms, superposition }) };
}

describe('a map of cells', () => {
  test('has what its own frames tell', () => {
    const map = sweepMap(diagram(16), [frameOf(diagram(16))]);
    expect(map.done).toEqual(new Uint8Array(256).fill(1));
    expect(map.norm).toEqual(new Float32Array(512).fill(1));
  });

  test.each<[string, RunSpec, RunSpec]>([
    ['more cells', diagram(32), diagram(16)],
    ['more features', diagram(16, 3), diagram(16)],
    ['fewer features', diagram(16), diagram(16, 3)],
  ])('shows nothing of a frame of %s than it has', (_, before, now) => {
    const map = sweepMap(now, [frameOf(before)]);
    expect(map).toEqual(sweepMap(now, []));
  });
});
