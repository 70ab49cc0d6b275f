/** The fused engine of this browser, in workers: the page's own thread draws, and only draws. */
import { fusedEngine } from '#lib/engine/fused/engine-name';
import { createTrainerHost, type HostOptions, type SteeredHost } from '#lib/engine/host';
import { connectTrainer, type RemoteTrainer } from '#lib/engine/remote';
import { ANY_ADAPTER } from './graphics.ts';
import { PORTABLE } from './portable.ts';
import { nextTask } from './next-task.ts';
import { spareCores } from './spare-cores.ts';
import { workerPort } from './web-worker-port.ts';

export const createBrowserTrainer = (): RemoteTrainer =>
  startTrainer('polytopeTakesAnyAdapter' in globalThis ? ANY_ADAPTER : '');

/** Of engines that give the same bits on every machine. */
export const createPortableTrainer = (): RemoteTrainer => startTrainer(PORTABLE);

function startTrainer(name: string): RemoteTrainer {
  // Turbopack recognises exactly this form and makes the worker a bundle of its own.
  const worker = new Worker(new URL('./trainer.worker.ts', import.meta.url), { type: 'module', name });
  return connectTrainer(workerPort(worker), { engine: fusedEngine(spareCores()), refuses: () => undefined });
}

/** A trainer's host in a page. */
export const createBrowserHost = (options: Pick<HostOptions, 'target' | 'from' | 'amendments'> = {}): SteeredHost =>
  createTrainerHost({ ...options, now: () => performance.now(), breathe: nextTask });
