import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ToyModel } from '#lib/model/toy';
import { joinRows, rowLayout, splitRows } from './layout.ts';
import { isPersistent, persistentTraining } from './persistent.ts';
import { tileFor } from './product.ts';
import { lossParts, tilesOf } from './tiled.ts';
import { float } from './wgsl.ts';

const optimizer = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };

test('a literal is exactly the float32, and a float in WGSL', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = float(value);
      expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]?\d+)?f$/);
      expect(Math.fround(Number(text.slice(0, -1)))).toBe(value === 0 ? 0 : value);
    }),
  );
  expect([1, 0.1, 1e-8, 2 / 3072].map(float)).toMatchInlineSnapshot(`
    [
      "1.0f",
      "0.10000000149011612f",
      "9.99999993922529e-9f",
      "0.0006510416860692203f",
    ]
  `);
});

test('rows of (W_i, b_i), or (W1_i, W2_i, b_i), and back are the same numbers', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.boolean(), (rows, m, untied) => {
      const tensors = [...(untied ? [m, m] : [m]), 1].map((width, tensor) =>
        Float32Array.from({ length: rows * width }, (_, i) => 1_000 * tensor + i),
      );
      const back = tensors.map(({ length }) => new Float32Array(length));
      const joined = joinRows(tensors, rows);
      splitRows(joined, back, rows);
      expect(back).toEqual(tensors);
      // The bias is the last of its row.
      expect(joined[joined.length / rows - 1]).toBe(1_000 * (tensors.length - 1));
    }),
  );
});

const shapes = fc.record({ rows: fc.integer({ min: 1, max: 8_192 }), columns: fc.integer({ min: 1, max: 1_025 }) });

test('tiles cover a product once, with at most 256 threads and less than a third beyond its edge', () => {
  fc.assert(
    fc.property(shapes, ({ rows, columns }) => {
      const tile = tileFor(columns);
      const [across, down] = tilesOf(rows, columns);
      expect(tile.threads).toBeLessThanOrEqual(256);
      expect(tile.threads).toBe((tile.rows / 4) * (tile.columns / 4));
      expect(across * tile.columns).toBeGreaterThanOrEqual(columns);
      expect((across - 1) * tile.columns).toBeLessThan(columns);
      expect((down - 1) * tile.rows).toBeLessThan(rows);
      if (columns > 8) expect(across * tile.columns).toBeLessThanOrEqual(columns * 1.34);
      expect(lossParts({ n: columns }, rows)).toBe(across * down);
    }),
  );
});

/** Workgroup memory that a shader declares, bytes. */
const declaredBytes = (code: string): number =>
  4 * [...code.matchAll(/var<workgroup> \w+: array<f32, (\d+)>/g)].reduce((sum, [, size]) => sum + Number(size), 0);

const MODELS: readonly ToyModel[] = [
  { kind: 'tied', hidden: 'linear', target: 'x', output: 'relu', n: 0, m: 0 },
  { kind: 'untied', hidden: 'relu', target: 'abs', output: 'relu', n: 0, m: 0 },
];

test('the persistent kernel keeps to the memory of every device, for every shape it takes', () => {
  for (const [n, m] of [
    [2, 1],
    [5, 2],
    [20, 5],
    [11, 11],
    [64, 2],
    [128, 1],
    [1, 128],
    [64, 1],
    [8, 8],
  ] as const)
    for (const model of MODELS.map((each) => ({ ...each, n, m })).filter(isPersistent))
      for (const threads of [32, 256]) {
        const data = { kind: 'finite', n, setSize: 1, uneven: true } as const;
        const { code } = persistentTraining({ model, data, optimizer, batch: 1_024, threads, workgroupBytes: 16_384 });
        expect(declaredBytes(code)).toBeLessThanOrEqual(16_384);
        // Each weight has one owner: as many updates of moments as rounds, which together own all.
        const owned = [...code.matchAll(/if \(thread < (\d+)u\) \{ moments_\d+ = moments\[/g)];
        expect(owned.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(n * rowLayout(model).length);
      }
});
