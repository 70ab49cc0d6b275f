import { expect, test } from 'vitest';
import { scheduleFactor } from './schedule.ts';

test('constant stays at 1', () => {
  expect([0, 7, 9].map((step) => scheduleFactor('constant', step, 10))).toEqual([1, 1, 1]);
});

test('linear falls by 1/steps and would reach 0 one step after the last', () => {
  expect([0, 5, 9].map((step) => scheduleFactor('linear', step, 10))).toEqual([1, 0.5, 1 - 9 / 10]);
});

test('cosine is a quarter period, 0 at the last step', () => {
  expect(scheduleFactor('cosine', 0, 10)).toBe(1);
  for (let step = 0; step < 10; step++)
    expect(scheduleFactor('cosine', step, 10)).toBeCloseTo(Math.cos((0.5 * Math.PI * step) / 9), 14);
  expect(scheduleFactor('cosine', 9, 10)).toBeCloseTo(0, 14);
});

test('a run of one step trains at the full rate', () => {
  expect((['constant', 'linear', 'cosine'] as const).map((schedule) => scheduleFactor(schedule, 0, 1))).toEqual([
    1, 1, 1,
  ]);
});
