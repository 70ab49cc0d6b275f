import { expect, test } from 'vitest';
import { createFusedTrainer } from './fused/trainer.ts';
import { rehearse } from './rehearse.ts';
import type { Trainer } from './trainer.ts';

test('a pace is work by time, of the steps after the first ones', async () => {
  const fused = createFusedTrainer({ workers: 0, spawn: () => expect.unreachable() });
  const trained: number[] = [];
  const counted: Trainer = {
    ...fused,
    async *train(spec, host) {
      for await (const event of fused.train(spec, host)) {
        if (event.type === 'paused') trained.push(event.step);
        yield event;
      }
    },
  };
  const pace = await rehearse(counted, { now: () => performance.now(), breathe: () => Promise.resolve() });
  expect(pace).toBeGreaterThan(0);
  expect(pace).toBeLessThan(Infinity);
  expect(trained).toEqual([50, 200]);
});
