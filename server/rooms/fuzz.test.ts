import { expect, test } from 'vitest';
import { fuzz } from './fuzz.fixture.ts';

/** A longer run is `npm run fuzz -- <seeds>`; a seed that fails there becomes a test of its own here. */
const SEEDS = 200;

test(`S16 P33 P80 whatever happens in ${SEEDS} rooms, nothing acknowledged is lost, and everyone has the same`, async () => {
  for (let seed = 0; seed < SEEDS; seed++)
    await fuzz(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    });
  expect(SEEDS).toBe(200);
}, 120_000);
