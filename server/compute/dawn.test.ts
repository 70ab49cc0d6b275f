/** The WebGPU engine on a device of Dawn: a graphics card, or one in software, where there is either. */
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createWebgpuTrainer } from '#lib/engine/fused/webgpu/trainer';
import { KINDS } from '#lib/engine/kinds';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createStandbyTrainer } from '#lib/engine/standby';
import { collect, createHost, finished, lastCheckpoint, trainerContract } from '#lib/engine/trainer.contract';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import type { Trainer } from '#lib/engine/trainer';
import type { Checkpoint } from '#lib/runs/events';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { breakdownOf, CARD_LOST } from './breakdown.ts';
import { openDawn } from './dawn.ts';

vi.setConfig({ testTimeout: 300_000 });

/** Every way of theirs: untied and tied, either activation, both targets, lengths, sets and signs. */
const TILED: readonly Partial<Parameters>[] = [
  { model: 'tied', hidden: 'relu', data: 'anticorrelated', setSize: 4 },
  { model: 'untied', hidden: 'linear', output: 'linear', data: 'signed' },
  {
    ...{ model: 'untied', hidden: 'relu', target: 'abs', relativeDensityFrom: 4, relativeDensityTo: 4 },
    ...{ data: 'finite', examplesFrom: 11, examplesTo: 50, exampleCounts: 2 },
  },
];

const HANDED_OVER: readonly Partial<Parameters>[] = [
  { model: 'tied', hidden: 'relu', data: 'finite', examplesFrom: 30, examplesTo: 200, exampleCounts: 2 },
  { model: 'untied', hidden: 'relu', target: 'abs', data: 'signed' },
];

const opened = await openDawn({ allowSoftware: true });

if (typeof opened === 'string') {
  process.stderr.write(`The WebGPU engine is not tested: ${opened}\n`);
  test.skip(`the WebGPU engine: ${opened}`, () => undefined);
} else {
  const { device, name, info } = opened;
  afterAll(() => device.destroy());
  // In software an evaluation of a large shape takes seconds.
  const small = {
    shapes: [
      { n: 2, m: 1 },
      { n: 5, m: 2, output: 'linear' },
    ],
    runs: 2,
    kinds: KINDS,
  } as const;
  const scope = info.isFallbackAdapter ? [small] : [];
  const tiledScope = info.isFallbackAdapter ? [{ ...small, numbersOnly: true }] : [];
  // As fused-wasm's: float32 within a batch.
  trainerContract(
    'fused-webgpu',
    createWebgpuTrainer.bind(null, device, name),
    { gradient: 3e-5, loss: 1e-5 },
    ...scope,
  );
  const tiled = (): Trainer => createWebgpuTrainer(device, name, { tiled: true });
  trainerContract('the tiled kernels', tiled, { gradient: 3e-5, loss: 1e-5 }, ...tiledScope);

  test.each(TILED)(
    'the tiled kernels: moments and weights after a step within 3e-5 of the reference: %o',
    async (kind) => {
      const parameters = { n: 6, m: 3, densityFrom: 0.5, densities: 1, replicas: 1, batch: 37, steps: 40, ...kind };
      const spec = resolve({ ...DEFAULT_PARAMETERS, ...parameters });
      const afterOne = async (trainer: Trainer): Promise<Checkpoint> =>
        lastCheckpoint(await collect(trainer.train(spec, createHost({ target: 1, whenPaused: () => 'stop' }))));
      const [actual, expected] = [await afterOne(tiled()), await afterOne(createReferenceTrainer())];
      expected.tensors.forEach(({ name, data }, tensor) => {
        const largest = Math.max(...data.map(Math.abs));
        data.forEach((value, i) => {
          const error = Math.abs((actual.tensors[tensor]?.data[i] ?? NaN) - value);
          expect(error, name).toBeLessThanOrEqual(3e-5 * largest);
        });
      });
    },
  );

  describe('a run that is handed over', () => {
    const card = createWebgpuTrainer(device, name);
    const wasm = createFusedTrainer({ workers: 0, spawn: () => expect.unreachable() });
    const reference = createReferenceTrainer();
    const pairs = [wasm, reference].flatMap((other) => [
      [card, other],
      [other, card],
    ]);
    const cases = HANDED_OVER.flatMap((kind) =>
      pairs.map((pair) => [pair.map(({ engine }) => engine.name).join(' → '), kind, pair] as const),
    );

    test.each(cases)(
      '%s at step 20, %o: the reference’s weights 20 steps later, within 1e-3',
      async (_, kind, pair) => {
        const parameters = { n: 6, m: 3, densityTo: 0.2, densities: 2, replicas: 2, batch: 64, steps: 60, ...kind };
        const spec = resolve({ ...DEFAULT_PARAMETERS, ...parameters, schedule: 'cosine', learningRate: 0.01 });
        const upTo = async (trainer: Trainer | undefined, step: number, from?: Checkpoint): Promise<Checkpoint> => {
          const host = { target: step, whenPaused: () => 'stop' as const, ...(from === undefined ? {} : { from }) };
          return lastCheckpoint(await collect((trainer ?? reference).train(spec, createHost(host))));
        };
        const actual = await upTo(pair[1], 40, await upTo(pair[0], 20));
        const expected = await upTo(reference, 40);
        expect(actual.step).toBe(40);
        expected.tensors.forEach(({ name, data }, tensor) => {
          const largest = Math.max(...data.map(Math.abs));
          data.forEach((value, i) => {
            const error = Math.abs((actual.tensors[tensor]?.data[i] ?? NaN) - value);
            expect(error, name).toBeLessThanOrEqual(1e-3 * largest);
          });
        });
      },
    );
  });

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
      expect(breakdownOf(engines[1]?.device ?? ''), 'a server’s run goes on in another process').toBe(CARD_LOST);
      const whole = finished(await collect(wasm.train(spec, createHost())));
      const losses = finished(events).evaluationLoss;
      losses.forEach((loss, i) => expect(loss / (whole.evaluationLoss[i] ?? NaN)).toBeCloseTo(1, 4));
    });
  });
}
