/** `npm run follow [-- people]`: a class that follows one, as a table. It takes half a minute. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { typescriptArguments } from '../compute/typescript.ts';
import { gather, measureFollowing } from './follow.fixture.ts';
import { openRoom, type Spread } from './load.fixture.ts';

const [people = 50] = process.argv.slice(2).map(Number);
const SECONDS = 20;

const folder = mkdtempSync(path.join(tmpdir(), 'polytope-follow-'));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const url = `http://127.0.0.1:${port}`;
const server = fork(path.join(import.meta.dirname, 'bare-server.fixture.ts'), [String(port), folder], {
  execArgv: [...typescriptArguments()],
});

interface Health {
  readonly memory: number;
  readonly eventLoop: { readonly p50: number; readonly p99: number };
}
const health = async (): Promise<Health> => (await (await fetch(`${url}/api/health`)).json()) as Health;

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const both = ({ p50, p99 }: Omit<Spread, 'most'>): string => `${ms(p50)}, ${ms(p99)}`;

async function measure(): Promise<void> {
  await new Promise((ready) => server.once('message', ready));
  const idle = await health();
  const crowd = await gather(url, await openRoom(url), people);
  await health();
  const report = await measureFollowing(crowd, SECONDS);
  const busy = await health();
  for (const { socket } of crowd) socket.disconnect();
  const rows: readonly (readonly [string, string])[] = [
    [`the leader’s move to each of ${people - 1} screens, p50 and p99`, both(report.looks)],
    ['the leader’s move to the last of all screens, p50 and p99', both(report.looksToAll)],
    ['the leader’s cursor to each screen, p50 and p99', both(report.cursors)],
    [
      'cursors replaced by a newer one, or dropped, on the way',
      `${report.cursorsLost} of ${report.moves * (people - 1)}`,
    ],
    ['event-loop delay of the server, p50 and p99', both(busy.eventLoop)],
    ['memory of the server, idle and full', `${Math.round(idle.memory)} MB, ${Math.round(busy.memory)} MB`],
  ];
  process.stdout.write(
    `load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}\n\n| what | measured |\n| --- | --- |\n`,
  );
  for (const [what, measured] of rows) process.stdout.write(`| ${what} | ${measured} |\n`);
}

try {
  await measure();
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
