/**
 * What a coordinator asks of a worker and what it answers. One request at a time, each has one answer; all is structured data,
 * and what a worker sends is a copy.
 */
import { present } from '#lib/base/assert';
import type { Numbers } from '#lib/base/matrix';
import { weightsOf, type TrainingState, type Weights } from '../checkpoint.ts';
import type { Port, WorkerPort } from './port.ts';
import { createFusedSlice } from './choose-slice.ts';
import type { Slice, SliceOptions } from './slice.ts';

/** Name → what it takes and what it gives. `open` comes first, and again for each new run. */
export interface SliceCalls {
  readonly open: (options: SliceOptions) => undefined;
  readonly advance: (step: number) => Numbers;
  readonly weights: () => Weights;
  readonly state: () => TrainingState;
  readonly evaluate: () => Numbers;
}

type CallName = keyof SliceCalls;

interface Request {
  readonly call: CallName;
  readonly argument: unknown;
}

type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** The calls on slices of this thread. */
export function sliceCalls(): SliceCalls {
  let opened: Slice | undefined;
  const slice = (): Slice => present(opened, 'an open slice');
  return {
    open: (options) => {
      opened = createFusedSlice(options);
      return undefined;
    },
    advance: (step) => slice().advance(step),
    weights: () => weightsOf(slice().state()),
    state: () => slice().state(),
    evaluate: () => slice().evaluate(),
  };
}

/** The worker's side: answers requests until its port closes. */
export function serveSlices(port: Port): void {
  const calls = sliceCalls();
  port.onMessage((message) => {
    const { call, argument } = message as Request;
    port.post(answer(() => (calls[call] as (argument: unknown) => unknown)(argument)));
  });
}

function answer(work: () => unknown): Answer {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** A worker as its coordinator sees it: the calls, later. */
export interface RemoteSlices {
  readonly call: <C extends CallName>(
    call: C,
    ...argument: Parameters<SliceCalls[C]>
  ) => Promise<ReturnType<SliceCalls[C]>>;
  /** False once it has failed: no call will be answered any more. */
  readonly alive: () => boolean;
  readonly terminate: () => void;
}

export function connectSlices(port: WorkerPort): RemoteSlices {
  let waiting: { resolve: (value: never) => void; reject: (error: Error) => void } | undefined;
  let failure: Error | undefined;
  port.onMessage((message) => {
    const answered = message as Answer;
    const call = present(waiting, 'the request of an answer');
    waiting = undefined;
    if (answered.ok) call.resolve(answered.value as never);
    else call.reject(new Error(answered.message));
  });
  port.onFailure((error) => {
    failure = error;
    waiting?.reject(error);
  });
  return {
    call: (call, ...[argument]) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        waiting = { resolve, reject };
        port.post({ call, argument } satisfies Request);
      }),
    alive: () => failure === undefined,
    terminate: () => port.terminate(),
  };
}

/** The same calls, in this thread. */
export function inlineSlices(): RemoteSlices {
  const calls = sliceCalls();
  return {
    call: (call, ...[argument]) =>
      new Promise((resolve) => resolve((calls[call] as (argument: unknown) => never)(argument))),
    alive: () => true,
    terminate: () => undefined,
  };
}
