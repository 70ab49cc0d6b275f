/**
 * A trainer behind a port: its whole loop runs on the other side, so that a page busy with drawing never holds training up: with
 * the loop in the page's own thread every chunk waited for a figure to be drawn.
 */
import type { Checkpoint, EngineName, EngineOffer, RunEvent } from '#lib/runs/events';
import type { Amendment, SpecChange } from '#lib/spec/change';
import type { RunSpec } from '#lib/spec/spec';
import type { Port, WorkerPort } from './fused/port.ts';
import { createTrainerHost, type HostOptions, type SteeredHost } from './host.ts';
import type { Trainer, TrainerHost } from './trainer.ts';

type ToTrainer =
  | {
      readonly type: 'train';
      readonly run: number;
      readonly spec: RunSpec;
      readonly target: number;
      readonly from?: Checkpoint;
      readonly amendments?: readonly Amendment[];
    }
  | { readonly type: 'amend'; readonly run: number; readonly change: SpecChange }
  | { readonly type: 'prefer'; readonly engine: string | null }
  | { readonly type: 'target'; readonly run: number; readonly target: number | 'stop' };

/** `event` null: the run's last event has been sent. */
interface TrainerEvent {
  readonly run: number;
  readonly event: RunEvent | null;
}

/** What the other side would train on now, told when that is another than before: a graphics card takes a moment to be found. */
export interface Introduction {
  readonly engine: EngineName;
  /** Vector instructions a second that it was measured at; null where a run's work does not tell its time. */
  readonly workPerSecond: number | null;
  /** All that can be asked for by name, and those that cannot be had here. */
  readonly offers: readonly EngineOffer[];
}

/** The side that trains: any number of runs, each until its end. Returns how it says what it would train on. */
export function serveTrainer(
  port: Port,
  trainer: Trainer,
  clock: Pick<HostOptions, 'now' | 'breathe'>,
  prefer: (engine: string | null) => void = () => undefined,
): (introduction: Introduction) => void {
  const hosts = new Map<number, SteeredHost>();
  const post = (message: TrainerEvent): void => {
    port.post(message);
  };

  async function train({ run, spec, ...options }: Extract<ToTrainer, { type: 'train' }>): Promise<void> {
    const host = createTrainerHost({ ...clock, ...options });
    hosts.set(run, host);
    try {
      for await (const event of trainer.train(spec, host)) post({ run, event });
    } catch (error) {
      post({ run, event: failedWith(error) });
    } finally {
      hosts.delete(run);
      post({ run, event: null });
    }
  }

  port.onMessage((message) => {
    const request = message as ToTrainer;
    if (request.type === 'prefer') prefer(request.engine);
    else if (request.type === 'target') hosts.get(request.run)?.setTarget(request.target);
    else if (request.type === 'amend') hosts.get(request.run)?.amend(request.change);
    else void train(request);
  });
  return (introduction) => {
    port.post(introduction);
  };
}

const failedWith = (error: unknown): RunEvent => ({
  type: 'failed',
  step: 0,
  message: error instanceof Error ? error.message : String(error),
});

export interface RemoteTrainer extends Trainer {
  /** Calls `listen` whenever the other side would train on another engine than it said before. */
  readonly onIntroduction: (listen: (introduction: Introduction) => void) => void;
  /** From the next run on, the engine of that name (an offer's); null: the fastest that does not refuse the spec. */
  readonly prefer: (engine: string | null) => void;
  /** Ends the other side, whatever it is doing. */
  readonly close: () => void;
}

/** The other side, as a trainer. Of a host it takes the target, changes, and where to go on from; clock and breath are the other side's. */
export function connectTrainer(port: WorkerPort, description: Pick<Trainer, 'engine' | 'refuses'>): RemoteTrainer {
  const runs = new Map<number, (event: RunEvent | null) => void>();
  let introduced: Introduction | undefined;
  let listener: (introduction: Introduction) => void = () => undefined;
  let count = 0;
  let failure: Error | undefined;

  port.onMessage((message) => {
    const said = message as TrainerEvent | Introduction;
    if ('run' in said) runs.get(said.run)?.(said.event);
    else listener((introduced = said));
  });
  port.onFailure((error) => {
    failure = error;
    for (const receive of runs.values()) {
      receive({ type: 'failed', step: 0, message: error.message });
      receive(null);
    }
  });

  async function* train(spec: RunSpec, host: TrainerHost): AsyncGenerator<RunEvent, void, void> {
    const run = count++;
    const post = (message: ToTrainer): void => {
      port.post(message);
    };
    const events = createQueue<RunEvent>();
    const target = host.target();
    if (failure !== undefined) yield { type: 'failed', step: 0, message: failure.message };
    if (failure !== undefined || target === 'stop') return;
    runs.set(run, events.put);
    post({
      type: 'train',
      run,
      spec,
      target,
      ...(host.from === undefined ? {} : { from: host.from }),
      ...(host.amendments === undefined ? {} : { amendments: host.amendments }),
    });
    void forwardWishes(host, run, () => runs.has(run), post);
    try {
      yield* events;
    } finally {
      runs.delete(run);
      post({ type: 'target', run, target: 'stop' });
    }
  }

  return {
    ...description,
    train,
    close: port.terminate,
    prefer: (engine) => {
      port.post({ type: 'prefer', engine } satisfies ToTrainer);
    },
    onIntroduction: (listen) => {
      listener = listen;
      if (introduced !== undefined) listen(introduced);
    },
  };
}

/** Tells of every change of the host's target, and of the spec, while the run goes on. */
async function forwardWishes(
  host: TrainerHost,
  run: number,
  going: () => boolean,
  post: (message: ToTrainer) => void,
): Promise<void> {
  await host.targetChanged();
  while (going()) {
    for (let change = host.nextChange?.(); change !== undefined; change = host.nextChange?.())
      post({ type: 'amend', run, change });
    post({ type: 'target', run, target: host.target() });
    await host.targetChanged();
  }
}

/** Values in the order they were put, until null. */
function createQueue<T>(): AsyncIterable<T> & { put: (value: T | null) => void } {
  const held: (T | null)[] = [];
  let wake: () => void = () => undefined;
  async function* drain(): AsyncGenerator<T, void, void> {
    for (;;) {
      const value = held.shift();
      if (value === null) return;
      if (value === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else yield value;
    }
  }
  return {
    put: (value) => {
      held.push(value);
      wake();
    },
    [Symbol.asyncIterator]: drain,
  };
}
