/** The numbers of a figure, as people read them and as programs do. */
import { formatWeight } from './scales.ts';

export interface Column {
  readonly name: string;
  /** How people read it; programs get the number. */
  readonly format?: (value: number) => string;
}

export interface FigureTable {
  readonly columns: readonly Column[];
  /** The first entry of each row names it. */
  readonly rows: readonly (readonly Entry[])[];
  /** In all, where these are only the first that were asked for. */
  readonly count?: number;
}

type Entry = string | number;

export const formatEntry = (entry: Entry, column: Column | undefined): string =>
  typeof entry === 'string' ? entry : (column?.format ?? formatWeight)(entry);

/** Rows of a table that is read on a page: a diagram of 32 × 32, and of more nobody scrolls to the end. */
export const READ_ROWS = 1_024;

/** What is read of a table, and which part of it that is; '' of a whole one. */
export function readRows({ rows, count = rows.length }: FigureTable): Pick<FigureTable, 'rows'> & { words: string } {
  const [first, all] = [READ_ROWS, count].map((number) => number.toLocaleString('en-US'));
  const words = count > READ_ROWS ? `The first ${first} of ${all} rows: the CSV has all.` : '';
  return { rows: rows.slice(0, READ_ROWS), words };
}

/** RFC 4180. Weights are float32: nine digits say all of one. */
export const csvOf = ({ columns, rows }: FigureTable): string =>
  [columns.map(({ name }) => name), ...rows].map((row) => row.map(csvField).join(',') + '\r\n').join('');

function csvField(entry: Entry): string {
  if (typeof entry === 'number') return String(Number(entry.toPrecision(9)));
  return /[",\r\n]/.test(entry) ? `"${entry.replaceAll('"', '""')}"` : entry;
}
