/** The fused engine: instances shared out over workers, which train in lock-step chunks and never talk to each other. */
import type { Numbers } from '#lib/base/matrix';
import { instanceCount } from '#lib/spec/cells';
import { trainingLoop } from '../loop.ts';
import type { Stepper } from '../stepper.ts';
import type { Trainer } from '../trainer.ts';
import { fusedEngine } from './engine-name.ts';
import { hasRelaxed } from './wasm/instance.ts';
import type { WorkerPort } from './port.ts';
import { connectSlices, inlineSlices, type RemoteSlices } from './protocol.ts';
import type { SliceOptions } from './slice.ts';
import { joinParts, sliceState, splitByCost } from './split.ts';

export interface FusedOptions {
  /** How many workers; with 0, everything is trained in the caller's thread. */
  readonly workers: number;
  /** Starts a worker that runs `serveSlices`. */
  readonly spawn: () => WorkerPort;
}

export interface FusedTrainer extends Trainer {
  /** On the same workers with fused multiply-adds: faster, and not the same bits everywhere. Undefined where the machine has none. */
  readonly relaxed: Trainer | undefined;
  /** Starts the workers before there is anything to train. */
  readonly warm: () => void;
  /** Ends them; those that are training, once they are done. */
  readonly close: () => void;
}

export function createFusedTrainer({ workers, spawn }: FusedOptions): FusedTrainer {
  const crew = createCrew(() => (workers === 0 ? inlineSlices() : connectSlices(spawn())));
  function trainerOf(relaxed: boolean): Trainer {
    const engine = fusedEngine(workers, relaxed);
    return {
      engine,
      refuses: () => undefined,
      train: (spec, host) =>
        trainingLoop(spec, host, engine, (present, step, state) =>
          openStepper({ spec: present, step, state, relaxed }, Math.max(1, workers), crew),
        ),
    };
  }
  return {
    ...trainerOf(false),
    relaxed: hasRelaxed() ? trainerOf(true) : undefined,
    warm: () => crew.warm(workers),
    close: () => crew.close(),
  };
}

/** Workers that wait for a run. They are kept from one to the next: starting one takes longer than a frame. */
interface Crew {
  readonly hire: () => RemoteSlices;
  readonly release: (slices: RemoteSlices) => void;
  readonly warm: (count: number) => void;
  readonly close: () => void;
}

function createCrew(start: () => RemoteSlices): Crew {
  const idle: RemoteSlices[] = [];
  let closed = false;
  return {
    hire: () => idle.pop() ?? start(),
    release: (slices) => {
      if (closed) slices.terminate();
      else idle.push(slices);
    },
    warm: (count) => {
      while (idle.length < count) idle.push(start());
    },
    close: () => {
      closed = true;
      for (const slices of idle.splice(0)) slices.terminate();
    },
  };
}

async function openStepper(
  { spec, state, ...options }: Omit<SliceOptions, 'from' | 'to'>,
  parts: number,
  crew: Crew,
): Promise<Stepper> {
  const ranges = splitByCost(spec, parts);
  const hired = ranges.map((range) => ({ range, slices: crew.hire() }));
  let failed = false;

  /** One call to every worker. After a failure none of them is asked again: another's answer may still be on its way. */
  async function all<T>(ask: (each: (typeof hired)[number]) => Promise<T>): Promise<T[]> {
    try {
      return await Promise.all(hired.map(ask));
    } catch (error) {
      failed = true;
      for (const { slices } of hired) slices.terminate();
      throw error;
    }
  }

  const instances = instanceCount(spec);
  await all(({ range, slices }) =>
    slices.call('open', { spec, ...options, ...range, state: sliceState(state, instances, range) }),
  );
  return {
    advance: async (to) => joined(await all(({ slices }) => slices.call('advance', to))),
    weights: async () => joinParts(await all(({ slices }) => slices.call('weights'))),
    state: async () => joinParts(await all(({ slices }) => slices.call('state'))),
    evaluate: async () => [...joined(await all(({ slices }) => slices.call('evaluate')))],
    dispose: () => {
      if (!failed) for (const { slices } of hired) crew.release(slices);
    },
  };
}

/** The workers' numbers, one after the other. */
function joined(parts: readonly Numbers[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
