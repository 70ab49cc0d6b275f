/**
 * `npm run viewers [-- people]`: whether a run with viewers trains as fast as one without, as a table. The same run is trained on the
 * server by turns alone and watched; all viewers are this process, on the same processors. It takes about a minute.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { assert, present } from '#lib/base/assert';
import type { Result } from '#lib/base/result';
import type { RunRecord } from '#lib/runs/record';
import { cellCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { StartReply } from '#lib/wire/protocol';
import { typescriptArguments } from '../compute/typescript.ts';
import { gather, type Follower } from './follow.fixture.ts';
import { openRoom, spreadOf } from './load.fixture.ts';
import { printTable } from './report.fixture.ts';

const [people = 10] = process.argv.slice(2).map(Number);
const ROUNDS = 5;
const SPEC = resolve({ ...DEFAULT_PARAMETERS, steps: 2_000 });
const INSTANCES = Array.from({ length: cellCount(SPEC) }, (_, cell) => cell * SPEC.replicas);

const folder = mkdtempSync(path.join(tmpdir(), 'polytope-viewers-'));
const port = 20_000 + Math.floor(Math.random() * 20_000);
const url = `http://127.0.0.1:${port}`;
const server = fork(path.join(import.meta.dirname, 'bare-server.fixture.ts'), [String(port), folder], {
  execArgv: [...typescriptArguments()],
});

interface Trained {
  readonly stepsPerSecond: number;
  /** By all viewers together. */
  readonly frames: number;
}

/** Begins a run on the server, which `viewers` watch to its end. Its pace is of the whole run, from the command to the end. */
async function train(leader: Follower, viewers: readonly Follower[]): Promise<Trained> {
  let frames = 0;
  const count = (): void => void (frames += 1);
  const done = new Promise<void>((end) => {
    leader.socket.on('run', ({ status }: RunRecord) => {
      assert(status.phase !== 'failed', 'the run trains to its end');
      if (status.phase === 'finished') end();
    });
  });
  const begun = performance.now();
  const request = { experiment: 'introduction', spec: SPEC, place: 'server', paused: false } as const;
  const answer = await new Promise<Result<StartReply>>((told) => leader.socket.emit('start', request, told));
  assert(answer.ok, 'a run begins');
  for (const { socket } of viewers) {
    socket.on('frame', count);
    const wanted = { run: answer.value.record.id, tensors: ['W', 'b'], instances: INSTANCES, maxHz: 30 };
    socket.emit('subscribe', wanted, () => undefined);
  }
  await done;
  const seconds = (performance.now() - begun) / 1_000;
  leader.socket.off('run');
  for (const { socket } of viewers) socket.off('frame', count);
  return { stepsPerSecond: SPEC.steps / seconds, frames };
}

async function measure(): Promise<void> {
  await new Promise((ready) => server.once('message', ready));
  const room = await openRoom(url);
  const [leader, ...viewers] = await gather(url, room, people + 1);
  const one = present(leader, 'who begins the runs');
  await train(one, []);
  const alone: Trained[] = [];
  const watched: Trained[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await train(one, []));
    watched.push(await train(one, viewers));
  }
  for (const { socket } of [one, ...viewers]) socket.disconnect();
  const pace = (runs: readonly Trained[]): number => spreadOf(runs.map(({ stepsPerSecond }) => stepsPerSecond)).p50;
  const ratios = watched.map(({ stepsPerSecond }, i) => stepsPerSecond / (alone[i]?.stepsPerSecond ?? NaN));
  const frames = watched.reduce((sum, each) => sum + each.frames, 0) / (ROUNDS * people);
  printTable([
    ['steps per second without a viewer, median', pace(alone).toFixed(0)],
    [`steps per second with ${people} viewers, median`, pace(watched).toFixed(0)],
    ['ratio within a round, median and least', `${spreadOf(ratios).p50.toFixed(2)}, ${Math.min(...ratios).toFixed(2)}`],
    ['frames that reached each viewer in a run, mean', frames.toFixed(0)],
  ]);
}

try {
  await measure();
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
