/**
 * `npm run settled [-- rounds]`: a reading group of eight asks "what if?": from a slider's release to the best of the replicas at
 * everybody's, end to end. Two of the eight are browsers, one of which trains; six are programs that take part as browsers do, but
 * do not draw: eight browsers on two processors would measure the machine. It prints one table and judges nothing.
 */
import { loadavg } from 'node:os';
import { chromium, type Page } from 'playwright';
import { bestReplicas } from '#lib/runs/best';
import type { RunRecord } from '#lib/runs/record';
import { cellCount } from '#lib/spec/cells';
import { launchOptions } from '../playwright.config.ts';
import { chromiumPath } from './chromium.ts';
import { attend, type RoomSocket } from './crowd.ts';
import { openRoom, visit } from './people.ts';
import { startServer } from './server.ts';

const [rounds = 12] = process.argv.slice(2).map(Number);
const PROGRAMS = 6;
/** The introduction as a room begins with it: 10 densities, 16 replicas, quickly. The slider's thumb goes to and fro between these shares of its track. */
const PLACES = [0.45, 0.62] as const;

interface Settled {
  readonly run: string;
  /** ms since 1970 */
  readonly at: number;
}

/** Takes part; calls back when the best replicas of a finished run are here. */
async function takePart(address: string, name: string, settled: (settled: Settled) => void): Promise<void> {
  const socket = await attend(address, name);
  const seen = new Set<string>();
  socket.on('run', (record) => {
    if (!seen.has(record.id)) watch(socket, record);
    seen.add(record.id);
    if (record.status.phase === 'finished') fetchBest(socket, record, settled);
  });
}

const shown = ({ spec }: RunRecord, replicas: readonly number[]): number[] =>
  replicas.map((replica, cell) => cell * spec.replicas + replica);

/** As a browser: one replica of each cell, live. */
function watch(socket: RoomSocket, record: RunRecord): void {
  const cells = cellCount(record.spec);
  const instances = shown(
    record,
    Array.from({ length: cells }, () => 0),
  );
  socket.emit('subscribe', { run: record.id, tensors: ['W', 'b'], instances, maxHz: 30 }, () => undefined);
}

function fetchBest(socket: RoomSocket, record: RunRecord, settled: (settled: Settled) => void): void {
  if (record.status.phase !== 'finished') return;
  const best = bestReplicas(record.status.evaluationLoss, record.spec.replicas).map(({ replica }) => replica);
  socket.emit('timeline', { run: record.id, tensors: ['W', 'b'], instances: shown(record, best) }, (answer) => {
    if (answer.ok) settled({ run: record.id, at: Date.now() });
  });
}

const percentile = (values: readonly number[], share: number): string => {
  const sorted = values.toSorted((a, b) => a - b);
  return `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0)} ms`;
};

/** The best replicas stand on this screen: ms since 1970. */
async function stands(page: Page): Promise<number> {
  await page.getByTestId('verdict').filter({ hasText: 'found it' }).waitFor({ timeout: 120_000 });
  return Date.now();
}

/** Drags the sparsest density to a share of its track and lets go → ms since 1970 at which the page heard of it. */
async function dragTo(page: Page, share: number): Promise<number> {
  const slider = page.getByTestId('parameter-densityTo').locator('input[type=range]');
  const box = await slider.boundingBox();
  const [thumb, y] = [Number(await slider.inputValue()) / Number(await slider.getAttribute('max')), box?.height ?? 0];
  if (box === null) throw new Error('the slider has no box');
  await page.mouse.move(box.x + box.width * thumb, box.y + y / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * share, box.y + y / 2, { steps: 8 });
  const released = slider.evaluate(
    (input) =>
      new Promise<number>((done) => input.addEventListener('pointerup', () => done(Date.now()), { once: true })),
  );
  // The listener is there before the hand lets go.
  await slider.evaluate(() => undefined);
  await page.mouse.up();
  return released;
}

async function main(): Promise<void> {
  const server = await startServer();
  const browser = await chromium.launch({ ...launchOptions, executablePath: chromiumPath(process.env) });
  try {
    const address = await openRoom(server.url);
    const [{ page: ada }, { page: bob }] = [await visit(browser, address, 'Ada'), await visit(browser, address, 'Bob')];
    await ada.getByTestId('run-on-release').check();
    const arrivals: Settled[] = [];
    for (let i = 0; i < PROGRAMS; i++) await takePart(address, `Person ${i}`, (each) => arrivals.push(each));
    const computed: number[] = [];
    const standing: number[] = [];
    for (let round = 0; round < rounds; round++) {
      arrivals.length = 0;
      const releasedAt = await dragTo(ada, PLACES[round % PLACES.length] ?? PLACES[0]);
      // The verdict of the run before is gone once the new one is there.
      await Promise.all(
        [ada, bob].map((page) => page.getByTestId('verdict').filter({ hasNotText: 'found it' }).waitFor()),
      );
      standing.push(...(await Promise.all([stands(ada), stands(bob)])).map((at) => at - releasedAt));
      while (arrivals.length < PROGRAMS) await ada.waitForTimeout(20);
      computed.push(...arrivals.map(({ at }) => at - releasedAt));
    }
    console.log(
      `load average ${loadavg()
        .map((load) => load.toFixed(1))
        .join(', ')}, ${rounds} rounds\n`,
    );
    console.log('| what | p50 | p95 |\n| --- | --- | --- |');
    console.log(
      `| released, until the best replicas are at each of ${PROGRAMS} | ${percentile(computed, 0.5)} | ${percentile(computed, 0.95)} |`,
    );
    console.log(
      `| released, until they stand on both screens, the showing of 3 s included | ${percentile(standing, 0.5)} | ${percentile(standing, 0.95)} |`,
    );
  } finally {
    await browser.close();
    await server.stop();
  }
}

await main();
process.exit(0);
