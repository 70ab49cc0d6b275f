import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunId } from '#lib/base/id';
import { ok, refuse, type Result } from '#lib/base/result';
import { decodeFrame } from '#lib/runs/frame';
import type { RunEvent } from '#lib/runs/events';
import type { FrameReply, PublishedEvent } from '#lib/wire/protocol';
import { createPublisher, type PublisherLink } from './publisher.ts';

const RUN = 'r'.repeat(22) as RunId;

/** A link cranked by hand: what was sent lies in `sent` until the test answers it. */
function createHandLink() {
  const sent: { what: string; answer: (reply: Result<FrameReply> | null) => void }[] = [];
  const link = { up: true };
  const send = (what: string): Promise<Result<FrameReply> | null> =>
    new Promise((resolve) => sent.push({ what, answer: resolve }));
  const publisherLink: PublisherLink = {
    connected: () => link.up,
    publish: (_run, _lease, event: PublishedEvent) =>
      send(`${event.type} ${'step' in event ? String(event.step) : ''}`),
    frame: (bytes) => {
      const frame = decodeFrame(bytes);
      return send(frame.ok ? `frame ${String(frame.value.step)} seq ${String(frame.value.seq)}` : 'broken');
    },
    checkpoint: () => Promise.resolve(ok(null)),
  };
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    link,
    publisher: createPublisher(publisherLink, RUN, 3),
    taken: () => sent.splice(0),
    settle,
  };
}

const frame = (step: number, kept: boolean): RunEvent => ({
  type: 'frame',
  frame: { step, from: 0, kept, tensors: [{ name: 'W', shape: [1, 1, 1], data: Float32Array.of(step) }] },
});
const largeFrame = (step: number, bytes: number): RunEvent => ({
  type: 'frame',
  frame: {
    step,
    from: 0,
    kept: true,
    tensors: [{ name: 'W', shape: [1, 1, bytes / 4], data: new Float32Array(bytes / 4) }],
  },
});
const paused = (step: number): RunEvent => ({ type: 'paused', step });
const watched = (maxHz: number): Result<FrameReply> => ok({ viewers: 1, maxHz });
const accepted = watched(30);

describe('the publisher', () => {
  it('sends status and kept frames in order, numbered', () => {
    const { publisher, taken } = createHandLink();
    publisher.publish(frame(0, true));
    publisher.publish(paused(7));
    publisher.publish(frame(9, true));
    expect(taken().map(({ what }) => what)).toEqual(['frame 0 seq 0', 'paused 7', 'frame 9 seq 1']);
  });

  it('keeps one live frame under way, and none while reliable parcels wait', async () => {
    const { publisher, taken, settle } = createHandLink();
    publisher.publish(frame(1, false));
    publisher.publish(frame(2, false));
    const [first, ...more] = taken();
    expect(first?.what).toBe('frame 1 seq 0');
    expect(more).toEqual([]);
    publisher.publish({ type: 'resumed', step: 3 });
    first?.answer(watched(30));
    await settle();
    publisher.publish(frame(4, false));
    expect(taken().map(({ what }) => what)).toEqual(['resumed 3']);
  });

  it('sends the newest frame before it says that the run stands there, if it did not yet', () => {
    const { publisher, taken } = createHandLink();
    publisher.publish(frame(1, false));
    publisher.publish(frame(2, false));
    publisher.publish(paused(2));
    expect(taken().map(({ what }) => what)).toEqual(['frame 1 seq 0', 'frame 2 seq 1', 'paused 2']);
    publisher.publish(paused(2));
    expect(taken().map(({ what }) => what)).toEqual(['paused 2']);
  });

  it('stops sending live frames when nobody watches, but still sends kept ones', async () => {
    const { publisher, taken, settle } = createHandLink();
    publisher.publish(frame(1, false));
    taken()[0]?.answer(watched(0));
    await settle();
    publisher.publish(frame(2, false));
    publisher.publish(frame(3, true));
    expect(taken().map(({ what }) => what)).toEqual(['frame 3 seq 2']);
  });

  it('sends again, in order, what was not answered before the connection was lost', async () => {
    const { publisher, taken, settle, link } = createHandLink();
    publisher.publish(paused(1));
    publisher.publish(frame(2, true));
    const [first, second] = taken();
    first?.answer(accepted);
    second?.answer(null);
    link.up = false;
    await settle();
    publisher.publish(paused(3));
    expect(taken()).toEqual([]);
    link.up = true;
    publisher.resume(true);
    expect(taken().map(({ what }) => what)).toEqual(['frame 2 seq 0', 'paused 3']);
  });

  it('tells the end again to a server that forgot it, and to no other', async () => {
    const { publisher, taken, settle } = createHandLink();
    publisher.publish({ type: 'stopped', step: 9 });
    publisher.resume(true);
    expect(taken().map(({ what, answer }) => (answer(accepted), what))).toEqual(['stopped 9', 'stopped 9']);
    await settle();
    publisher.resume(false);
    expect(taken()).toEqual([]);
    publisher.resume(true);
    expect(taken().map(({ what }) => what)).toEqual(['stopped 9']);
  });

  it('has at most 64 reliable parcels under way', async () => {
    const { publisher, taken, settle } = createHandLink();
    for (let step = 0; step < 70; step++) publisher.publish(paused(step));
    const under = taken();
    expect(under).toHaveLength(64);
    under[0]?.answer(accepted);
    await settle();
    expect(taken().map(({ what }) => what)).toEqual(['paused 64']);
  });

  it('has at most 256 kB of kept frames under way, and one at least', async () => {
    const { publisher, taken, settle } = createHandLink();
    for (const step of [1, 2, 3, 4]) publisher.publish(largeFrame(step, 100_000));
    publisher.publish(largeFrame(5, 300_000));
    const [first, second, ...more] = taken();
    expect([first?.what, second?.what, more.length]).toEqual(['frame 1 seq 0', 'frame 2 seq 1', 0]);
    first?.answer(accepted);
    second?.answer(accepted);
    await settle();
    for (const { answer } of taken()) answer(accepted);
    await settle();
    expect(taken().map(({ what }) => what)).toEqual(['frame 5 seq 4']);
  });
});

describe('a server that has too much to carry', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is asked again a second later, for everything that it did not take', async () => {
    const { publisher, taken } = createHandLink();
    publisher.publish(paused(1));
    publisher.publish(paused(2));
    const [first, second] = taken();
    first?.answer(refuse('limit', 'Too many messages.'));
    second?.answer(refuse('limit', 'Too many messages.'));
    await vi.advanceTimersByTimeAsync(900);
    publisher.publish(paused(3));
    expect(taken(), 'nothing overtakes what was refused').toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(taken().map(({ what }) => what)).toEqual(['paused 1', 'paused 2', 'paused 3']);
  });

  it('is told nothing more of a run once another is trained', async () => {
    const { publisher, taken } = createHandLink();
    publisher.publish(paused(1));
    const [first] = taken();
    first?.answer(refuse('limit', 'Too many messages.'));
    await vi.advanceTimersByTimeAsync(100);
    publisher.close();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(taken()).toEqual([]);
  });
});
