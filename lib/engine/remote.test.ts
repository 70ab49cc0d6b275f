import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunEvent } from '#lib/runs/events';
import { fusedEngine } from './fused/engine-name.ts';
import { createFusedTrainer } from './fused/trainer.ts';
import type { Port, WorkerPort } from './fused/port.ts';
import { createTrainerHost, type SteeredHost } from './host.ts';
import { connectTrainer, serveTrainer, type Introduction, type RemoteTrainer } from './remote.ts';
import { collect, finished } from './trainer.contract.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 2, replicas: 2, batch: 64, steps: 200 });
const clock = { now: () => performance.now(), breathe: () => new Promise<void>((done) => setTimeout(done, 0)) };
const local = createFusedTrainer({ workers: 0, spawn: () => expect.unreachable('no worker is asked for') });

/** Two ports that speak to each other, as a page and a worker do: later, and with copies. */
function createLine(): { here: WorkerPort; there: Port; fail: (error: Error) => void } {
  const receivers: ((message: unknown) => void)[][] = [[], []];
  let fail: (error: Error) => void = () => undefined;
  const end = (own: number): Port => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      setTimeout(() => receivers[1 - own]?.forEach((receive) => receive(copy)), 0);
    },
    onMessage: (receive) => receivers[own]?.push(receive),
  });
  const here = { ...end(0), onFailure: (tell: typeof fail) => (fail = tell), terminate: () => undefined };
  return { here, there: end(1), fail: (error) => fail(error) };
}

function createRemote(): { trainer: RemoteTrainer; fail: (error: Error) => void } {
  const { here, there, fail } = createLine();
  serveTrainer(there, local, clock);
  return { trainer: connectTrainer(here, { engine: fusedEngine(0), refuses: () => undefined }), fail };
}

const hostAt = (target: number): SteeredHost => createTrainerHost({ ...clock, target });

describe('a trainer behind a port', () => {
  test('emits what the trainer itself emits, with the same bits', async () => {
    const events = await collect(createRemote().trainer.train(spec, hostAt(Infinity)));
    const own = await collect(local.train(spec, hostAt(Infinity)));
    const kept = (all: readonly RunEvent[]): unknown[] =>
      all.filter((event) => event.type === 'frame' && event.frame.kept);
    expect(kept(events)).toEqual(kept(own));
    expect(finished(events).weightsHash).toBe(finished(own).weightsHash);
  });

  test('pauses, goes on and stops where its host says so', async () => {
    const host = hostAt(5);
    const seen: string[] = [];
    for await (const event of createRemote().trainer.train(spec, host)) {
      if (event.type === 'frame' || event.type === 'metrics' || event.type === 'checkpoint') continue;
      seen.push('step' in event ? `${event.type} ${event.step}` : event.type);
      if (event.type === 'paused') host.setTarget(event.step === 5 ? 6 : 'stop');
    }
    expect(seen).toEqual(['started', 'paused 5', 'resumed 5', 'paused 6', 'stopped 6']);
  });

  test('tells the other side which engine was asked for, and is told what can be', async () => {
    const { here, there } = createLine();
    const preferred: (string | null)[] = [];
    const introduce = serveTrainer(there, local, clock, (engine) => preferred.push(engine));
    const trainer = connectTrainer(here, { engine: fusedEngine(0), refuses: () => undefined });
    const introduced = new Promise<Introduction>((told) => {
      trainer.onIntroduction(told);
    });
    trainer.prefer('reference');
    trainer.prefer(null);
    const offers = [{ name: 'fused-webgpu', missing: 'This browser has no WebGPU.' }];
    introduce({ engine: local.engine, workPerSecond: null, offers });
    expect((await introduced).offers).toEqual(offers);
    await collect(trainer.train(spec, hostAt(Infinity)));
    expect(preferred).toEqual(['reference', null]);
  });

  test('trains two runs at once', async () => {
    const { trainer } = createRemote();
    const [one, two] = await Promise.all([1, 2].map(() => collect(trainer.train(spec, hostAt(Infinity)))));
    expect(finished(one ?? []).weightsHash).toBe(finished(two ?? []).weightsHash);
  });

  test('stops the other side when nobody listens any more', async () => {
    const { trainer } = createRemote();
    for await (const event of trainer.train(spec, hostAt(5))) if (event.type === 'paused') break;
    expect(finished(await collect(trainer.train(spec, hostAt(Infinity)))).step).toBe(200);
  });

  test('a run that is refused before it begins has failed in words, and ends', async () => {
    const { here, there } = createLine();
    const message = 'There is no engine cuda in this browser: choose another.';
    const train = (): never => {
      throw new Error(message);
    };
    serveTrainer(there, { ...local, train }, clock);
    const trainer = connectTrainer(here, { engine: fusedEngine(0), refuses: () => undefined });
    expect(await collect(trainer.train(spec, hostAt(Infinity)))).toEqual([{ type: 'failed', step: 0, message }]);
  });

  test('fails in words when the other side does', async () => {
    const { trainer, fail } = createRemote();
    const events: RunEvent[] = [];
    for await (const event of trainer.train(spec, hostAt(5))) {
      events.push(event);
      if (event.type === 'paused') fail(new Error('A training worker failed; reload the page and start again.'));
    }
    const message = 'A training worker failed; reload the page and start again.';
    expect(events.at(-1)).toMatchObject({ type: 'failed', message });
  });
});
