import { expect, test } from 'vitest';
import { csvOf, formatEntry } from './table.ts';

test('programs get numbers, people get them rounded with a true minus sign', () => {
  const columns = [{ name: 'feature' }, { name: 'x' }];
  expect(csvOf({ columns, rows: [['feature 1', -0.123456789012]] })).toBe('feature,x\r\nfeature 1,-0.123456789\r\n');
  expect(formatEntry(-0.123456789012, columns[1])).toBe('−0.12');
  expect(formatEntry(1234.5, { name: 'step', format: (value) => value.toFixed(0) })).toBe('1235');
});

test('every float32 comes back from its nine digits', () => {
  for (let k = 0; k < 1_000; k++) {
    const value = Math.fround((k - 500) / 7 + 1e-3 / (k + 1));
    const [, text] = csvOf({ columns: [{ name: 'x' }], rows: [[value]] }).split('\r\n');
    expect(Math.fround(Number(text))).toBe(value);
  }
});

test('commas, quotes and line breaks are quoted', () => {
  expect(csvOf({ columns: [{ name: 'a "b", c' }], rows: [['d\ne']] })).toBe('"a ""b"", c"\r\n"d\ne"\r\n');
});
