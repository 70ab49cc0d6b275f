import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinRows, splitRows } from './layout.ts';
import { persistentTraining } from './persistent.ts';
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

test('rows of (W_i, b_i) and back are the same numbers', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (rows, m) => {
      const W = Float32Array.from({ length: rows * m }, (_, i) => i);
      const b = Float32Array.from({ length: rows }, (_, i) => -i);
      const [backW, backB] = [new Float32Array(W.length), new Float32Array(b.length)];
      splitRows(joinRows(W, b, m), m, backW, backB);
      expect([backW, backB]).toEqual([W, b]);
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

test('the persistent kernel keeps to the memory of every device, for every shape it takes', () => {
  for (const [n, m] of [
    [2, 1],
    [5, 2],
    [20, 5],
    [11, 11],
    [64, 2],
    [128, 1],
    [1, 128],
  ] as const)
    for (const threads of [32, 256]) {
      const model = { n, m, output: 'relu' } as const;
      const { code } = persistentTraining({ model, optimizer, batch: 1_024, threads, workgroupBytes: 16_384 });
      expect(declaredBytes(code)).toBeLessThanOrEqual(16_384);
      // Each weight has one owner: as many updates of moments as rounds, which together own all.
      const owned = [...code.matchAll(/if \(thread < (\d+)u\) \{ moments_\d+ = moments\[/g)];
      expect(owned.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(n * (m + 1));
    }
});
