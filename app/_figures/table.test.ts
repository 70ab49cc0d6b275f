import { expect, test } from 'vitest';
import { csvOf, formatEntry, READ_ROWS, readRows } from './table.ts';

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

test('of a long table the first rows are read, with a word on the rest; of which only those may have been made', () => {
  const rows = Array.from({ length: 2_500 }, (_, k) => [`cell ${String(k)}`, k]);
  const columns = [{ name: 'cell' }, { name: 'x' }];
  const words = 'The first 1,024 of 2,500 rows: the CSV has all.';
  expect(readRows({ columns, rows })).toEqual({ rows: rows.slice(0, READ_ROWS), words });
  expect(readRows({ columns, rows: rows.slice(0, READ_ROWS), count: 2_500 }).words).toBe(words);
  expect(readRows({ columns, rows: rows.slice(0, 3) })).toEqual({ rows: rows.slice(0, 3), words: '' });
});
