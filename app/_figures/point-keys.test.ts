import { expect, test } from 'vitest';
import { pointAfter } from './point-keys.ts';

const COUNT = 25;

test('from no point, forwards is the first and back the last', () => {
  expect(['ArrowRight', 'ArrowLeft', 'Home', 'End'].map((key) => pointAfter(key, null, COUNT))).toEqual([0, 24, 0, 24]);
});

test('no key goes beyond the ends', () => {
  expect(['ArrowRight', 'PageUp'].map((key) => pointAfter(key, 24, COUNT))).toEqual([24, 24]);
  expect(['ArrowLeft', 'PageDown'].map((key) => pointAfter(key, 0, COUNT))).toEqual([0, 0]);
  expect(['ArrowLeft', 'PageUp'].map((key) => pointAfter(key, 12, COUNT))).toEqual([11, 22]);
});

test('Escape lets go of a point, and is another’s where there is none; so is every other key', () => {
  expect(pointAfter('Escape', 3, COUNT)).toBeNull();
  expect(pointAfter('Escape', null, COUNT)).toBeUndefined();
  expect(['a', 'Tab', 'toString'].map((key) => pointAfter(key, 3, COUNT))).toEqual([undefined, undefined, undefined]);
  expect(pointAfter('End', null, 0)).toBeUndefined();
});
