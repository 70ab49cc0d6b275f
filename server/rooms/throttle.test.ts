import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createThrottle } from './throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first call acts at once', () => {
  const act = vi.fn();
  createThrottle(act, 100).call();
  expect(act).toHaveBeenCalledTimes(1);
});

test('calls within the interval act once, at its end', () => {
  const act = vi.fn();
  const throttle = createThrottle(act, 100);
  for (let call = 0; call < 5; call++) throttle.call();
  vi.advanceTimersByTime(99);
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(act).toHaveBeenCalledTimes(2);
});

test('a steady stream acts once an interval, both ends of a second counted', () => {
  const act = vi.fn();
  const throttle = createThrottle(act, 100);
  for (let call = 0; call < 100; call++) {
    throttle.call();
    vi.advanceTimersByTime(10);
  }
  expect(act).toHaveBeenCalledTimes(11);
});

test('nothing is told after it was cancelled', () => {
  const act = vi.fn();
  const throttle = createThrottle(act, 100);
  throttle.call();
  throttle.call();
  throttle.cancel();
  throttle.call();
  vi.advanceTimersByTime(1_000);
  expect(act).toHaveBeenCalledTimes(1);
});
