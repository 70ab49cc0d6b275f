/** A run's training on this server, under one lease: its events become what a browser's tab would have published. */
import { encodeCheckpoint } from '#lib/runs/checkpoint-pack';
import { isLast, type RunEvent } from '#lib/runs/events';
import type { Frame } from '#lib/runs/frame';
import type { PublishedEvent } from '#lib/wire/protocol';
import type { ComputeRun } from '../compute/compute.ts';
import type { QueueListener, TrainingQueue } from '../compute/queue.ts';
import type { Snapshot } from '../storage/storage.ts';
import { readCheckpoint, type LiveRun } from './stream.ts';

export interface TrainingHere extends ComputeRun {
  /** Resolves when it stands still and its last checkpoint was heard; it says nothing more. One that does not answer is ended. */
  rest(): Promise<void>;
}

export interface TrainingListener {
  readonly event: (event: PublishedEvent) => void;
  readonly frame: (frame: Frame) => void;
  readonly checkpoint: (checkpoint: Snapshot) => void;
  readonly lost: QueueListener['lost'];
  readonly waits: QueueListener['waits'];
}

/** ms */
const REST_MS = 3_000;

export function startHere(queue: TrainingQueue, run: LiveRun, listener: TrainingListener): TrainingHere {
  const { id, room, lease, spec } = run.record;
  const from = run.checkpoint === null ? undefined : readCheckpoint(spec, run.checkpoint.bytes);
  let seq = 0;
  let rested: (() => void) | undefined;

  function hear(event: RunEvent): void {
    if (event.type === 'frame') listener.frame({ ...event.frame, run: id, lease, seq: ++seq });
    else if (event.type === 'checkpoint')
      listener.checkpoint({ step: event.checkpoint.step, bytes: encodeCheckpoint(event.checkpoint) });
    // Told to rest, it stops here; for the room it goes on later.
    else if (event.type === 'stopped' && rested !== undefined) rested();
    else {
      listener.event(event);
      if (isLast(event)) rested?.();
    }
  }

  const training = queue.start(
    room,
    spec,
    {
      event: hear,
      waits: listener.waits,
      lost: (...words) => {
        rested?.();
        listener.lost(...words);
      },
    },
    {
      amendments: run.record.amendments,
      ...(run.target === 'stop' ? {} : { target: run.target }),
      ...(run.record.asked === undefined ? {} : { engine: run.record.asked }),
      ...(from?.ok === true ? { from: from.value } : {}),
    },
  );

  async function rest(): Promise<void> {
    const stands = new Promise<void>((resolve) => (rested = resolve));
    training.setTarget('stop');
    const timer = setTimeout(() => rested?.(), REST_MS);
    await stands;
    clearTimeout(timer);
    training.kill();
  }

  return {
    setTarget: (target) => training.setTarget(target),
    amend: (change) => training.amend(change),
    kill: () => training.kill(),
    rest,
  };
}
