/** Training in processes of their own: one for each active run, and one that waits, so that a run starts at once. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { EngineOffer } from '#lib/runs/events';
import { trainingEnvironment } from '../config.ts';
import { CARD_LOST, HUNG, NOT_READY, wordsFor } from './breakdown.ts';
import { HEARTBEAT_MS, type FromChild, type ToChild } from './child-protocol.ts';
import type { Compute, ComputeRun, RunListener } from './compute.ts';
import { createNodeTrainers, wantsTensorFlow } from './trainers.ts';
import type { ServerEngine } from './server-engine.ts';
import { typescriptArguments } from './typescript.ts';

export interface ComputeProcessOptions {
  /** Training threads of each process; one for each core unless told otherwise. */
  readonly workers?: number;
  /** ms without a word after which a process counts as hung: a step of the largest model is shorter, on an engine that is not slow. */
  readonly silence?: number;
  /** What they train on. */
  readonly engine?: ServerEngine;
  /** What they run. */
  readonly program?: URL;
}

const LOADING_TENSORFLOW = { name: 'tfjs-node', device: 'TensorFlow, being loaded' };
/** Times the silence that a process is granted before its first word: TensorFlow takes half a minute to load on a busy machine. */
const LOADING = 5;
/** Runs at a time on a small machine: somebody's long run must not keep another from seeing theirs begin. */
const LEAST_SLOTS = 2;

export function createComputeProcess({
  workers = availableParallelism(),
  silence = 60_000,
  engine: wanted = 'auto',
  program = new URL('./child.ts', import.meta.url),
}: ComputeProcessOptions = {}): Compute {
  const children = new Set<ChildProcess>();
  const ready = new WeakSet<ChildProcess>();
  /** Begun before a card was lost. */
  const spoilt = new WeakSet<ChildProcess>();
  let idle: ChildProcess | undefined;
  let closing = false;
  /** Of the fastest that was seen: while others train, a rehearsal tells too little. */
  let pace: number | null = null;
  let offers: readonly EngineOffer[] = [];
  let tellOffers: Parameters<Compute['onOffers']>[0] = () => undefined;
  // Until the first process has said what it has.
  let engine = wantsTensorFlow(wanted) ? LOADING_TENSORFLOW : createNodeTrainers(workers).fused.engine;

  function startChild(): ChildProcess {
    const child = fork(fileURLToPath(program), [String(workers), wanted], {
      execArgv: [...typescriptArguments()],
      env: trainingEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.add(child);
    child.on('message', (message: FromChild) => {
      if (message.type === 'paced') pace = Math.max(pace ?? 0, message.workPerSecond);
      if (message.type === 'offers') offered(message.offers);
      if (message.type !== 'ready') return;
      ready.add(child);
      engine = message.engine;
    });
    child.on('exit', (code) => {
      children.delete(child);
      if (idle === child) idle = undefined;
      if (code === CARD_LOST) replaceAll();
    });
    return child;
  }

  /** The others have opened the card as well: the one that waits is replaced now, those that train once they have. */
  function replaceAll(): void {
    for (const other of children) spoilt.add(other);
    idle?.kill();
    idle = undefined;
    warm();
  }

  /** Each process says what it has: mostly the same again. */
  function offered(found: readonly EngineOffer[]): void {
    if (isDeepStrictEqual(found, offers)) return;
    offers = found;
    tellOffers(found);
  }

  // A card is one: a second process would take of its memory, and the two only share it.
  const single = wantsTensorFlow(wanted);

  const warm = (): void => {
    if (!closing && !(single && children.size > 0)) idle ??= startChild();
  };

  /** One waits; further ones would only hold memory. */
  function release(child: ChildProcess): void {
    if (spoilt.has(child)) retire(child);
    else if (idle === undefined && !closing) idle = child;
    else child.kill();
  }

  /** An engine that was asked for by name may have set tfjs's one backend, or hold a card that is lost: what comes next has a process of its own. */
  function retire(child: ChildProcess): void {
    child.once('exit', warm);
    child.kill();
  }

  function start(...[spec, listener, options = {}]: Parameters<Compute['start']>): ComputeRun {
    const child = idle ?? startChild();
    idle = undefined;
    const run = followRun(
      child,
      listener,
      { silence, isReady: () => ready.has(child) },
      options.engine === undefined ? release : retire,
    );
    tell(child, { type: 'run', spec, ...options });
    warm();
    return run;
  }

  async function close(): Promise<void> {
    closing = true;
    const gone = [...children].map((child) => once(child, 'exit'));
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(gone);
  }

  warm();
  return {
    get engine() {
      return engine;
    },
    get pace() {
      return pace;
    },
    get offers() {
      return offers;
    },
    onOffers(hear) {
      tellOffers = hear;
    },
    slots: single ? 1 : Math.max(LEAST_SLOTS, availableParallelism()),
    start,
    close,
  };
}

/** One run's part in the life of a process: its events to the listener until the last, then the process to `release`. */
function followRun(
  child: ChildProcess,
  listener: RunListener,
  { silence, isReady }: { readonly silence: number; readonly isReady: () => boolean },
  release: (child: ChildProcess) => void,
): ComputeRun {
  let ended = false;
  let heardAt = performance.now();
  let silent = false;
  const watch = setInterval(endSilent, HEARTBEAT_MS);

  function receive(message: FromChild): void {
    heardAt = performance.now();
    if (message.type === 'alive' || message.type === 'ready' || message.type === 'paced' || message.type === 'offers')
      return;
    if (message.type === 'ended') {
      ended = true;
      leave();
      // Before anyone hears of it: who starts the next run upon this may have the process.
      release(child);
    }
    listener.event(message.event);
  }

  /** A process that hangs does not end by itself; its exit tells the rest. */
  function endSilent(): void {
    if (performance.now() - heardAt < silence * (isReady() ? 1 : LOADING)) return;
    silent = true;
    child.kill('SIGKILL');
  }

  function exited(code: number | null, signal: string | null): void {
    leave();
    if (ended) return;
    if (silent) listener.lost(...(isReady() ? HUNG : NOT_READY));
    else listener.lost(...wordsFor(code, signal));
  }

  function leave(): void {
    clearInterval(watch);
    child.off('message', receive);
    child.off('exit', exited);
  }

  child.on('message', receive);
  child.on('exit', exited);
  return {
    setTarget: (target) => {
      if (!ended) tell(child, { type: 'target', target });
    },
    amend: (change) => {
      if (!ended) tell(child, { type: 'amend', change });
    },
    kill: () => {
      leave();
      child.kill('SIGKILL');
    },
  };
}

function tell(child: ChildProcess, message: ToChild): void {
  // A process that has just ended says so by its `exit`; a message to it has nowhere to go.
  if (child.connected) child.send(message);
}
