import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cluster } from './cluster.ts';

const pins = fc.array(fc.record({ x: fc.integer({ min: 0, max: 400 }), y: fc.integer({ min: 0, max: 400 }) }));

test('every pin is in one cluster, and no two clusters cover each other', () => {
  fc.assert(
    fc.property(pins, (all) => {
      const clusters = cluster(all, 26);
      expect(clusters.flatMap(({ members }) => members)).toHaveLength(all.length);
      expect(new Set(clusters.flatMap(({ members }) => members)).size).toBe(new Set(all).size);
      clusters.forEach((a, i) => {
        for (const b of clusters.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(26);
      });
    }),
  );
});

test('a pin more leaves the others where they were', () => {
  fc.assert(
    fc.property(pins, fc.record({ x: fc.nat(400), y: fc.nat(400) }), (all, another) => {
      const places = (clusters: readonly { x: number; y: number }[]): string[] =>
        clusters.map(({ x, y }) => `${x} ${y}`);
      const before = places(cluster(all, 26));
      expect(places(cluster([...all, another], 26)).slice(0, before.length)).toEqual(before);
    }),
  );
});
