/** `npm run follow [-- people]`: a class that follows one, as a table. It takes half a minute. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { typescriptArguments } from '../compute/typescript.ts';
import { gather, measureFollowing } from './follow.fixture.ts';
import { openRoom } from './load.fixture.ts';
import { both, feltRows, healthOf, printTable } from './report.fixture.ts';

const [people = 50] = process.argv.slice(2).map(Number);
const SECONDS = 20;

const folder = mkdtempSync(path.join(tmpdir(), 'polytope-follow-'));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const url = `http://127.0.0.1:${port}`;
const server = fork(path.join(import.meta.dirname, 'bare-server.fixture.ts'), [String(port), folder], {
  execArgv: [...typescriptArguments()],
});

async function measure(): Promise<void> {
  await new Promise((ready) => server.once('message', ready));
  const idle = await healthOf(url);
  const crowd = await gather(url, await openRoom(url), people);
  await healthOf(url);
  const report = await measureFollowing(crowd, SECONDS);
  const busy = await healthOf(url);
  for (const { socket } of crowd) socket.disconnect();
  printTable([
    [`the leader’s move to each of ${people - 1} screens, p50 and p99`, both(report.looks)],
    ['the leader’s move to the last of all screens, p50 and p99', both(report.looksToAll)],
    ['the leader’s cursor to each screen, p50 and p99', both(report.cursors)],
    [
      'cursors replaced by a newer one, or dropped, on the way',
      `${report.cursorsLost} of ${report.moves * (people - 1)}`,
    ],
    ...feltRows(idle, busy),
  ]);
}

try {
  await measure();
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
