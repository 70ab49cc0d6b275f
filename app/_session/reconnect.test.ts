import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RoomSocket } from './connection.ts';
import { createReconnector, delayBefore } from './reconnect.ts';

/** A socket cranked by hand. */
function createHandSocket() {
  const listeners = new Map<string, (reason?: string) => void>();
  let attempts = 0;
  const socket = {
    on: (event: string, listener: (reason?: string) => void) => listeners.set(event, listener),
    connect: () => attempts++,
  } as unknown as RoomSocket;
  return { socket, attempts: () => attempts, say: (event: string, reason?: string) => listeners.get(event)?.(reason) };
}

const page = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function start() {
  const hand = createHandSocket();
  const told: (number | null)[] = [];
  const reconnector = createReconnector(hand.socket, {
    now: () => 1_000,
    random: () => 0.5,
    waiting: (at) => told.push(at),
  });
  return { ...hand, told, reconnector };
}

it('waits twice as long after each attempt, up to a bound, and begins anew once connected', () => {
  const { say, told, attempts } = start();
  say('disconnect', 'transport close');
  for (let i = 0; i < 6; i++) {
    vi.advanceTimersByTime(8_000);
    say('connect_error');
  }
  const delays = told.flatMap((at) => (at === null ? [] : [at - 1_000]));
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  expect(attempts()).toBe(6);
  say('connect');
  say('disconnect', 'ping timeout');
  expect(told.at(-1)).toBe(1_500);
});

it('spreads those who lost it together over as long as they wait', () => {
  expect([delayBefore(2, 0), delayBefore(2, 0.5), delayBefore(2, 1)]).toEqual([1_000, 2_000, 3_000]);
});

it('stays away where it was ended on purpose, and tries at once when the network is back', () => {
  const { say, attempts } = start();
  say('disconnect', 'io client disconnect');
  vi.advanceTimersByTime(60_000);
  expect(attempts()).toBe(0);
  page.dispatchEvent(new Event('online'));
  expect(attempts()).toBe(0);
  say('disconnect', 'transport close');
  page.dispatchEvent(new Event('online'));
  expect(attempts()).toBe(1);
});
