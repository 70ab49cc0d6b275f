import { expect, test } from 'vitest';
import { paceAt } from './may.ts';

test('a pace is told of what trains by itself and of the engine that it was measured on, of no other', () => {
  const paces = { browserPace: 3, serverPace: 5 };
  const at = (choice: string | null): readonly (number | null)[] =>
    (['browser', 'server'] as const).map((place) =>
      paceAt(place)({ ...paces, browserChoice: choice, serverChoice: choice }),
    );
  expect([null, 'fused-wasm'].map(at)).toEqual([
    [3, 5],
    [3, 5],
  ]);
  for (const other of ['fused-wasm+relaxed', 'fused-webgpu', 'tfjs-wasm', 'reference'])
    expect(at(other)).toEqual([null, null]);
});
