/**
 * From a trainer in this tab to the room: status and kept frames reliably and in order, across reconnects; checkpoints beside
 * them; other frames only when the one before has arrived and somebody watches, the newest wins. Training never waits for it.
 */
import type { RunId } from '#lib/base/id';
import type { RunEvent } from '#lib/runs/events';
import { encodeFrame } from '#lib/runs/frame';
import type { Part } from '#lib/runs/parts';
import type { FrameReply, PublishedEvent } from '#lib/wire/protocol';
import type { Result } from '#lib/base/result';
import { createCheckpointSender } from './checkpoint-sender.ts';

/** `null` where the connection was lost first. */
type Answer = Result<FrameReply> | null;

/** What carries it. */
export interface PublisherLink {
  readonly connected: () => boolean;
  readonly publish: (run: RunId, lease: number, event: PublishedEvent) => Promise<Answer>;
  readonly frame: (bytes: Uint8Array) => Promise<Answer>;
  readonly checkpoint: (run: RunId, lease: number, part: Part) => Promise<Result<null> | null>;
}

export interface Publisher {
  readonly publish: (event: RunEvent) => void;
  /**
   * Go on after a reconnect, from the first thing that was not answered. `active`: for the server the run goes on; if it was
   * told of the end and forgot it, since it was killed before that was on disk, it is told again.
   */
  readonly resume: (active: boolean) => void;
  /** Another run is trained now: nothing more of this one is sent. */
  readonly close: () => void;
}

type Parcel = { readonly event: PublishedEvent } | { readonly bytes: Uint8Array };

/**
 * Reliable parcels, and their bytes, sent ahead of their answers: a quick run is some two hundred parcels in its first second, and
 * a page that draws has time for an answer only between two pictures; a slow line holds no more than it carries in a second or two.
 */
const WINDOW = { parcels: 64, bytes: 256_000 } as const;

/** ms after which a connection that had too much to carry may be asked again */
const RETRY_MS = 1_000;

const sizeOf = (parcel: Parcel): number => ('bytes' in parcel ? parcel.bytes.length : 0);

const sizes = (parcels: readonly Parcel[]): number => parcels.reduce((sum, parcel) => sum + sizeOf(parcel), 0);

const isEnd = ({ type }: PublishedEvent): boolean => type === 'finished' || type === 'stopped' || type === 'failed';

const isBusy = (answer: Result<FrameReply>): boolean => !answer.ok && answer.error.code === 'limit';

export function createPublisher(link: PublisherLink, run: RunId, lease: number): Publisher {
  const waiting: Parcel[] = [];
  let sent = 0;
  let seq = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let end: PublishedEvent | null = null;
  const checkpoints = createCheckpointSender((part) => link.checkpoint(run, lease, part), link.connected);
  /** The newest frame, while it was neither sent nor overtaken by a kept one. */
  let unsent: Uint8Array | null = null;
  let pace = { busy: false, maxHz: 30, lastAt: -Infinity };

  const send = (parcel: Parcel): Promise<Answer> =>
    'event' in parcel ? link.publish(run, lease, parcel.event) : link.frame(parcel.bytes);

  /** Every answer says how many frames a second are worth sending. */
  const listenTo = (answer: Answer): void => {
    if (answer?.ok === true) pace = { ...pace, maxHz: answer.value.maxHz };
  };

  /** Lost on a connection that stands, or too much at once: from the first unanswered parcel on, after a while. */
  const again = (): void => {
    retry ??= setTimeout(goOn, RETRY_MS);
  };

  const goOn = (): void => {
    clearTimeout(retry);
    retry = undefined;
    sent = 0;
    pump();
  };

  /** One at least, however large. */
  const fits = (parcel: Parcel): boolean =>
    sent === 0 || (sent < WINDOW.parcels && sizes(waiting.slice(0, sent)) + sizeOf(parcel) <= WINDOW.bytes);

  /** Keeps a window of parcels under way; an answer of any kind takes its own away, a lost connection leaves it. */
  const pump = (): void => {
    // What was refused goes first when its time comes: nothing overtakes it.
    while (link.connected() && retry === undefined) {
      const parcel = waiting[sent];
      if (parcel === undefined || !fits(parcel)) return;
      sent++;
      void send(parcel).then((answer) => {
        if (answer === null || isBusy(answer)) {
          again();
          return;
        }
        listenTo(answer);
        const index = waiting.indexOf(parcel);
        if (index < 0) return;
        waiting.splice(index, 1);
        sent = Math.max(0, sent - 1);
        pump();
      });
    }
  };

  const sendLive = (bytes: Uint8Array, at: number): void => {
    const due = pace.maxHz > 0 && at - pace.lastAt >= 1_000 / pace.maxHz;
    unsent = bytes;
    if (pace.busy || !due || waiting.length > 0 || !link.connected()) return;
    unsent = null;
    pace = { ...pace, busy: true, lastAt: at };
    void link.frame(bytes).then((answer) => {
      pace = { ...pace, busy: false };
      listenTo(answer);
    });
  };

  return {
    publish(event) {
      if (event.type === 'checkpoint') checkpoints.send(event.checkpoint);
      else if (event.type !== 'frame') {
        if (isEnd(event)) end = event;
        // Where it stands still, everyone is to see where.
        const stands = event.type === 'paused' || event.type === 'stopped';
        if (unsent !== null && stands && pace.maxHz > 0) waiting.push({ bytes: unsent });
        if (event.type !== 'metrics') unsent = null;
        waiting.push({ event });
      } else {
        const bytes = encodeFrame({ ...event.frame, run, lease, seq: seq++ });
        if (event.frame.kept) {
          unsent = null;
          waiting.push({ bytes });
        } else sendLive(bytes, performance.now());
      }
      pump();
    },
    resume(active) {
      const waits = waiting.some((parcel) => 'event' in parcel && parcel.event === end);
      if (active && end !== null && !waits) waiting.push({ event: end });
      goOn();
      checkpoints.resume();
    },
    close() {
      clearTimeout(retry);
      waiting.length = 0;
      unsent = null;
      end = null;
    },
  };
}
