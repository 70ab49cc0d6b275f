import { expect, test } from 'vitest';
import type { Axis } from '#lib/spec/spec';
import { axisTicks, indexAtPlace, placeOfIndex, placeOfValue } from './axis-places.ts';

const density: Axis = { over: 'density', values: { kind: 'geometric', from: 1, to: 0.01, count: 32 } };

test('a place is the middle of its cell, and is found again', () => {
  expect(placeOfIndex(0, 4)).toBe(0.125);
  for (let index = 0; index < 200; index++) expect(indexAtPlace(placeOfIndex(index, 200), 200)).toBe(index);
  expect(indexAtPlace(-0.1, 200)).toBe(0);
  expect(indexAtPlace(1, 200)).toBe(199);
});

test('values stand where their cells do, along a falling axis too', () => {
  expect(placeOfValue(density, 1)).toBeCloseTo(placeOfIndex(0, 32), 12);
  expect(placeOfValue(density, 0.01)).toBeCloseTo(placeOfIndex(31, 32), 12);
  expect(placeOfValue(density, 0.1)).toBeCloseTo(0.5, 12);
});

test('no value has a place along an axis whose ends are alike, or along a list', () => {
  const flat: Axis = { over: 'density', values: { kind: 'geometric', from: 0.1, to: 0.1, count: 32 } };
  expect([placeOfValue(flat, 0.1), placeOfValue(flat, 0.2)]).toEqual([NaN, NaN]);
  expect(placeOfValue({ over: 'density', values: { kind: 'list', values: [1, 0.3] } }, 1)).toBeNaN();
});

test('ticks are round values within the axis, fewer where there is less room', () => {
  const values = (most: number): readonly number[] => axisTicks(density, most).map(({ value }) => value);
  expect(values(8)).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]);
  expect(values(5)).toEqual([0.01, 0.03, 0.1, 0.3, 1]);
  expect(values(3)).toEqual([0.01, 0.1, 1]);
});

test('an axis of one decade or less, and a list, have their own values for ticks', () => {
  const narrow: Axis = { over: 'density', values: { kind: 'geometric', from: 0.3, to: 0.21, count: 4 } };
  expect(axisTicks(narrow, 2).map(({ place }) => place)).toEqual([0.125, 0.625]);
  const list: Axis = { over: 'density', values: { kind: 'list', values: [1, 0.3, 0.1] } };
  expect(axisTicks(list, 8).map(({ value }) => value)).toEqual([1, 0.3, 0.1]);
  expect(axisTicks(list, 2).map(({ value }) => value)).toEqual([1, 0.1]);
});
