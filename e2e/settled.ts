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

/** ms since 1970 at which a participant had heard that a run began, that it ended, and had its best replicas. */
interface Settled {
  readonly begun: number;
  readonly ended: number;
  readonly at: number;
}

/** Takes part; calls back when the best replicas of a finished run are here. */
async function takePart(address: string, name: string, settled: (settled: Settled) => void): Promise<void> {
  const socket = await attend(address, name);
  const begun = new Map<string, number>();
  socket.on('run', (record) => {
    const now = Date.now();
    if (!begun.has(record.id)) watch(socket, record);
    begun.set(record.id, begun.get(record.id) ?? now);
    if (record.status.phase !== 'finished') return;
    fetchBest(socket, record, () => settled({ begun: begun.get(record.id) ?? NaN, ended: now, at: Date.now() }));
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

function fetchBest(socket: RoomSocket, record: RunRecord, settled: () => void): void {
  if (record.status.phase !== 'finished') return;
  const best = bestReplicas(record.status.evaluationLoss, record.spec.replicas).map(({ replica }) => replica);
  socket.emit('timeline', { run: record.id, tensors: ['W', 'b'], instances: shown(record, best) }, (answer) => {
    if (answer.ok) settled();
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

/** What is measured from the release on, in words. */
const WHAT = {
  begun: `each of ${PROGRAMS} has heard that a run began`,
  ended: 'and that it ended',
  computed: 'and has the best replicas',
  standing: 'they stand on both screens, the showing of 3 s included',
} as const;
type Part = keyof typeof WHAT;

/** ms after each release */
type Delays = Readonly<Record<Part, number[]>>;

/** `arrivals` fills as the programs have what a run ended with. */
async function ask(ada: Page, bob: Page, place: number, arrivals: Settled[], delays: Delays): Promise<void> {
  arrivals.length = 0;
  const releasedAt = await dragTo(ada, place);
  // The verdict of the run before is gone once the new one is there.
  await Promise.all([ada, bob].map((page) => page.getByTestId('verdict').filter({ hasNotText: 'found it' }).waitFor()));
  delays.standing.push(...(await Promise.all([stands(ada), stands(bob)])).map((at) => at - releasedAt));
  while (arrivals.length < PROGRAMS) await ada.waitForTimeout(20);
  for (const { begun, ended, at } of arrivals) {
    delays.begun.push(begun - releasedAt);
    delays.ended.push(ended - releasedAt);
    delays.computed.push(at - releasedAt);
  }
}

function print(delays: Delays, engine: string): void {
  const loads = loadavg().map((load) => load.toFixed(1));
  console.log(`${engine}; load average ${loads.join(', ')}, ${rounds} rounds\n`);
  console.log('| released, until | p50 | p95 |\n| --- | --- | --- |');
  for (const part of Object.keys(WHAT) as Part[])
    console.log(`| ${WHAT[part]} | ${percentile(delays[part], 0.5)} | ${percentile(delays[part], 0.95)} |`);
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
    const delays: Delays = { begun: [], ended: [], computed: [], standing: [] };
    for (let round = 0; round < rounds; round++)
      await ask(ada, bob, PLACES[round % PLACES.length] ?? PLACES[0], arrivals, delays);
    print(delays, await ada.getByTestId('run-words').innerText());
  } finally {
    await browser.close();
    await server.stop();
  }
}

await main();
process.exit(0);
