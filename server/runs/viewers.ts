/**
 * Who is sent which part of a run's frames. Kept frames go to every viewer, reliably; of the others each viewer is sent the
 * newest at the pace asked for, and none while its connection is busy with the one before.
 */
import { encodeFrame, sliceFrame, type Frame } from '#lib/runs/frame';
import { isSweepFrame } from '#lib/runs/sweep-frame';
import type { FrameReply, Subscription } from '#lib/wire/protocol';
import type { Member } from '../rooms/people.ts';

export interface Viewers {
  subscribe(member: Member, subscription: Subscription): void;
  leave(connection: string): void;
  /** Passes a frame on to everyone but its trainer; `reliably`, to those too who are not due for one. */
  show(frame: Frame, trainer: string, reliably?: boolean): void;
  /** What the trainer is told of those who watch. */
  audience(run: string, trainer: string): FrameReply;
}

interface Viewer {
  readonly member: Member;
  readonly subscription: Subscription;
  /** Server's clock, ms: when it was last sent a frame that is not kept. */
  shownAt: number;
}

/** Timers are a little early or late: without the slack every second frame of a steady stream would be skipped. */
const PACE_SLACK = 0.9;

export function createViewers(now: () => number): Viewers {
  const viewers = new Map<string, Viewer>();

  const watching = (run: string, trainer: string): Viewer[] =>
    [...viewers.values()].filter(
      ({ member, subscription }) => subscription.run === run && member.connection.id !== trainer,
    );

  const isDue = ({ subscription, shownAt }: Viewer): boolean =>
    (now() - shownAt) * subscription.maxHz >= 1_000 * PACE_SLACK;

  function show(frame: Frame, trainer: string, reliably = frame.kept): void {
    const slice = createSlicer(frame);
    for (const viewer of watching(frame.run, trainer)) {
      const { connection } = viewer.member;
      if (reliably) connection.send('frame', slice(viewer.subscription));
      else if (isDue(viewer)) {
        viewer.shownAt = now();
        connection.sendVolatile('frame', slice(viewer.subscription));
      }
    }
  }

  return {
    subscribe(member, subscription) {
      viewers.set(member.connection.id, { member, subscription, shownAt: -Infinity });
    },
    leave: (connection) => {
      viewers.delete(connection);
    },
    show,
    audience(run, trainer) {
      const others = watching(run, trainer);
      return {
        viewers: new Set(others.map(({ member }) => member.person.id)).size,
        maxHz: Math.max(0, ...others.map(({ subscription }) => subscription.maxHz)),
      };
    },
  };
}

export type Cut = Pick<Subscription, 'tensors' | 'instances'>;

/** Of a sweep there are no instances to choose from: it is sent whole. */
export const cutFrame = (frame: Frame, { tensors, instances }: Cut): Uint8Array =>
  encodeFrame(isSweepFrame(frame) ? frame : sliceFrame(frame, tensors, instances));

/** Cuts one frame: viewers who look at the same part are sent the same bytes. */
function createSlicer(frame: Frame): (cut: Cut) => Uint8Array {
  const made = new Map<string, Uint8Array>();
  return (cut) => {
    const key = JSON.stringify([cut.tensors, cut.instances]);
    const bytes = made.get(key) ?? cutFrame(frame, cut);
    made.set(key, bytes);
    return bytes;
  };
}
