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
}

type Entry = string | number;

export const formatEntry = (entry: Entry, column: Column | undefined): string =>
  typeof entry === 'string' ? entry : (column?.format ?? formatWeight)(entry);

/** RFC 4180. Weights are float32: nine digits say all of one. */
export const csvOf = ({ columns, rows }: FigureTable): string =>
  [columns.map(({ name }) => name), ...rows].map((row) => row.map(csvField).join(',') + '\r\n').join('');

function csvField(entry: Entry): string {
  if (typeof entry === 'number') return String(Number(entry.toPrecision(9)));
  return /[",\r\n]/.test(entry) ? `"${entry.replaceAll('"', '""')}"` : entry;
}
