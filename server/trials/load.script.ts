/** `npm run load [-- people]`: the lecture hall, as a table. It takes about a minute, and needs the pages built. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { typescriptArguments } from '../compute/typescript.ts';
import { fillHall, measureCold, measureHall, measureStorm, openRoom } from './load.fixture.ts';
import { startProxy } from './proxy.fixture.ts';
import { both, feltRows, healthOf, printTable } from './report.fixture.ts';

const [people = 200] = process.argv.slice(2).map(Number);
const COLD = 60;
const COLD_LINE = 20_000_000;
const HALL_SECONDS = 20;

// Each of two hundred providers listens for the end of the process.
process.setMaxListeners(0);
const folder = mkdtempSync(path.join(tmpdir(), 'polytope-load-'));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const server = spawn(process.execPath, [...typescriptArguments(), 'server/main.ts'], {
  env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production', PORT: String(port), DATA_DIR: folder, LOG_LEVEL: 'error' },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const url = `http://127.0.0.1:${port}`;

async function ready(): Promise<void> {
  for (;;) {
    if ((await fetch(`${url}/api/health`).catch(() => null))?.ok === true) return;
    await new Promise((done) => setTimeout(done, 200));
  }
}

async function measure(): Promise<void> {
  await ready();
  const idle = await healthOf(url);
  const wide = await startProxy(port);
  const hall = await fillHall(wide.url, await openRoom(url), people);
  await healthOf(url);
  const report = await measureHall(hall, HALL_SECONDS);
  const busy = await healthOf(url);
  const storm = await measureStorm(hall, wide);
  for (const person of hall) person.leave();
  const narrow = await startProxy(port, COLD_LINE);
  const cold = await measureCold(narrow, await openRoom(url), COLD);

  printTable([
    [`frame to each of ${people} people, p50 and p99`, both(report.frames)],
    ['frames that were dropped on the way', String(report.framesLost)],
    ['edit to each screen, p50 and p99', both(report.edits)],
    ['edit to the last of all screens, p50 and p99', both(report.editsToAll)],
    ...feltRows(idle, busy),
    [`${people} people cut off at once, until the last is back`, `${storm.toFixed(1)} s`],
    [
      `${COLD} cold joins over 20 Mbit/s, until the last is in`,
      `${cold.seconds.toFixed(1)} s, ${(cold.bytes / 1e6).toFixed(1)} MB`,
    ],
  ]);
}

try {
  await measure();
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
