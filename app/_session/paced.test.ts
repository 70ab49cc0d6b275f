import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPaced } from './paced.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('of many values soon, the first is told at once and the newest a little later', () => {
  const told: number[] = [];
  const paced = createPaced(0, (value) => told.push(value), 50);
  for (let value = 1; value <= 100; value++) paced.writeSoon(value);
  expect(paced.read()).toBe(100);
  expect(told).toEqual([1]);
  vi.advanceTimersByTime(50);
  expect(told).toEqual([1, 100]);
});

test('a value that cannot wait is told at once, and nothing older after it', () => {
  const told: number[] = [];
  const paced = createPaced(0, (value) => told.push(value), 50);
  paced.writeSoon(1);
  paced.writeSoon(2);
  paced.write(3);
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([1, 3]);
});

test('nothing is told once it is cancelled', () => {
  const told: number[] = [];
  const paced = createPaced(0, (value) => told.push(value), 50);
  paced.writeSoon(1);
  paced.writeSoon(2);
  paced.cancel();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([1]);
});
