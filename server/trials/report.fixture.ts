/** What the trials have in common: how a server under load feels, and the table they end with. */
import { loadavg } from 'node:os';

export interface Health {
  /** MB */
  readonly memory: number;
  /** ms of delay */
  readonly eventLoop: { readonly p50: number; readonly p99: number };
}

/** Of the server at `url`, since it was last asked. */
export const healthOf = async (url: string): Promise<Health> =>
  (await (await fetch(`${url}/api/health`)).json()) as Health;

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** "21 ms, 57 ms" */
export const both = ({ p50, p99 }: Health['eventLoop']): string => `${ms(p50)}, ${ms(p99)}`;

/** The rows that say what the server felt. */
export const feltRows = (idle: Health, busy: Health): readonly Row[] => [
  ['event-loop delay of the server, p50 and p99', both(busy.eventLoop)],
  ['memory of the server, idle and full', `${Math.round(idle.memory)} MB, ${Math.round(busy.memory)} MB`],
];

/** What was measured, and how much it was. */
export type Row = readonly [what: string, measured: string];

/** As Markdown, on stdout. */
export function printTable(rows: readonly Row[]): void {
  const load = loadavg().map((average) => average.toFixed(1));
  const lines = [`load average ${load.join(', ')}`, '', '| what | measured |', '| --- | --- |'];
  lines.push(...rows.map(([what, measured]) => `| ${what} | ${measured} |`));
  process.stdout.write(`${lines.join('\n')}\n`);
}
