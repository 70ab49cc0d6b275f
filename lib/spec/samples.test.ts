import { expect, test } from 'vitest';
import { instanceCount } from './cells.ts';
import { DEFAULT_PARAMETERS, type Parameters } from './parameters.ts';
import { resolve } from './resolve.ts';
import { batchAt, batchSize } from './samples.ts';

test.each<Partial<Parameters>>([
  { densities: 3, replicas: 2, batch: 37 },
  { data: 'finite', examplesFrom: 8, examplesTo: 512, exampleCounts: 4, densities: 1, replicas: 2, batch: 64 },
])('a batch is as large as its size says, without its keys: %o', (parameters) => {
  const spec = resolve({ ...DEFAULT_PARAMETERS, ...parameters });
  for (let instance = 0; instance < instanceCount(spec); instance++)
    for (const step of [0, 1, 7]) expect(batchSize(spec, instance)).toBe(batchAt(spec, instance, step).count);
});
