/** The WebGPU engine on a device of Dawn: a graphics card, or one in software, where there is either. */
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createWebgpuTrainer } from '#lib/engine/fused/webgpu/trainer';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createStandbyTrainer } from '#lib/engine/standby';
import { collect, createHost, finished, trainerContract } from '#lib/engine/trainer.contract';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { openDawn } from './dawn.ts';

vi.setConfig({ testTimeout: 300_000 });

const opened = await openDawn({ allowSoftware: true });

if (typeof opened === 'string') {
  process.stderr.write(`The WebGPU engine is not tested: ${opened}\n`);
  test.skip(`the WebGPU engine: ${opened}`, () => undefined);
} else {
  const { device, name, info } = opened;
  afterAll(() => device.destroy());
  // In software a shape takes seconds to compile, and an evaluation of a large one as long.
  const small = {
    shapes: [
      { n: 2, m: 1 },
      { n: 5, m: 2, output: 'linear' },
    ],
    runs: 2,
  } as const;
  const scope = info.isFallbackAdapter ? [small] : [];
  // As fused-wasm's: float32 within a batch.
  trainerContract(
    'fused-webgpu',
    createWebgpuTrainer.bind(null, device, name),
    { gradient: 3e-5, loss: 1e-5 },
    ...scope,
  );

  describe('a device that is lost in the middle of a run', () => {
    test('is told as a failure, and the standby goes on from the last checkpoint to the end', async () => {
      const doomed = await openDawn({ allowSoftware: true });
      if (typeof doomed === 'string') throw new Error(doomed);
      const spec = resolve({ ...DEFAULT_PARAMETERS, n: 2, m: 1, densities: 2, replicas: 2, batch: 37, steps: 300 });
      const wasm = createFusedTrainer({ workers: 0, spawn: () => expect.unreachable() });
      const trainer = createStandbyTrainer(createWebgpuTrainer(doomed.device, doomed.name), wasm);
      const events = [];
      for await (const event of trainer.train(spec, createHost())) {
        events.push(event);
        if (event.type === 'metrics' && event.step >= 100) doomed.device.destroy();
      }
      const engines = events.flatMap((event) => (event.type === 'started' ? [event.engine] : []));
      expect(engines.map((engine) => engine.name)).toEqual(['fused-webgpu', 'fused-wasm']);
      expect(engines[1]?.device).toMatch(/since step 1\d\d: The graphics device was lost/);
      const whole = finished(await collect(wasm.train(spec, createHost())));
      const losses = finished(events).evaluationLoss;
      losses.forEach((loss, i) => expect(loss / (whole.evaluationLoss[i] ?? NaN)).toBeCloseTo(1, 4));
    });
  });
}
