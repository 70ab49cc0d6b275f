import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from 'playwright/test';
import { io, type Socket } from 'socket.io-client';
import { createFusedTrainer } from '#lib/engine/fused/trainer';
import { createTrainerHost } from '#lib/engine/host';
import { checkpointFrom } from '#lib/engine/initial';
import { decodeFrame } from '#lib/runs/frame';
import { unpackFrames } from '#lib/runs/frame-pack';
import type { RunRecord } from '#lib/runs/record';
import { instanceCount } from '#lib/spec/cells';
import { PROTOCOL_VERSION, SOCKET_PATH, type ClientToServer, type ServerToClient } from '#lib/wire/protocol';
import { makeLong, makeQuick, openRoom, represented, setNumber, shownStep, visit } from './people.ts';
import { expect, test } from './fixtures.ts';
import { startServer } from './server.ts';

const run = (page: Page, place: number): Locator => page.getByTestId('kept-run').nth(place);
const live = (page: Page): Promise<void> =>
  expect(page.getByTestId('status')).toContainText(/Live|Saved/, { timeout: 30_000 });

/** A run to its end, seen to its end. */
async function train(page: Page): Promise<void> {
  await page.getByTestId('run-button').click();
  await expect(page.getByTestId('verdict')).toContainText('found it', { timeout: 60_000 });
}

/** Two runs: five features, then four. */
async function trainTwo(page: Page): Promise<void> {
  await makeQuick(page);
  await page.getByTestId('strip-cell-2').click();
  await train(page);
  await setNumber(page, 'n', '4');
  await page.getByTestId('run-button').click();
  await expect.poll(() => represented(page), { timeout: 60_000 }).toBe(4);
  await expect(page.getByTestId('verdict')).toContainText('found it', { timeout: 60_000 });
}

test('the room’s runs are its history: looked at alone, named and pinned for all, their parameters restored, over a restart', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const server = await startServer();
  const room = await openRoom(server.url);
  const [ada, bob] = [await visit(browser, room, 'Ada'), await visit(browser, room, 'Bob')];
  try {
    await trainTwo(ada.page);
    await bob.page.getByTestId('strip-cell-2').click();
    await bob.page.getByTestId('runs-button').click();
    await expect(bob.page.getByTestId('kept-run')).toHaveCount(2);
    await expect(run(bob.page, 0).getByTestId('difference')).toHaveText('the parameters as they are now');
    await expect(run(bob.page, 1).getByTestId('difference')).toHaveText('n = 5');

    await run(bob.page, 1).getByRole('button').first().click();
    await expect(bob.page.getByTestId('past-line')).toBeVisible();
    await expect.poll(() => represented(bob.page)).toBe(5);
    expect(await represented(ada.page)).toBe(4);

    await server.restart('SIGKILL');
    await live(bob.page);
    await live(ada.page);
    await expect.poll(() => represented(bob.page)).toBe(5);
    await run(bob.page, 1).getByRole('button', { name: 'Rename' }).click();
    await bob.page.getByLabel('Name of this run').fill('The pentagon');
    await bob.page.getByLabel('Name of this run').press('Enter');
    await run(bob.page, 1).getByRole('button', { name: 'Pin' }).click();
    await ada.page.getByTestId('runs-button').click();
    const pinned = ada.page.getByTestId('kept-run').filter({ hasText: 'The pentagon' });
    await expect(pinned.getByLabel('Pinned')).toBeVisible();

    await bob.page.getByRole('button', { name: 'Restore parameters' }).click();
    await expect(pinned.getByTestId('difference')).toHaveText('the parameters as they are now');
    await expect(
      ada.page.getByTestId('parameter-n').locator('input[inputmode], input[type=number]').first(),
    ).toHaveValue('5');

    // Back with Escape; what is pinned, or present, is not deleted.
    await bob.page.getByTestId('strip-cell-2').focus();
    await bob.page.keyboard.press('Escape');
    await expect(bob.page.getByTestId('past-line')).toHaveCount(0);
    await expect.poll(() => represented(bob.page)).toBe(4);
    await pinned.getByRole('button').first().click();
    await expect(pinned.getByRole('button', { name: 'Delete' })).toHaveCount(0);
    await pinned.getByRole('button', { name: 'Unpin' }).click();
    await pinned.getByRole('button', { name: 'Delete' }).click();
    await pinned.getByRole('button', { name: 'Delete' }).click();
    await expect(bob.page.getByTestId('kept-run')).toHaveCount(1);
  } finally {
    await Promise.all([ada, bob].map(({ context }) => context.close()));
    await server.stop();
  }
});

test('time with the group: one hand moves all, a restart ends nothing, and Escape leaves', async ({ browser }) => {
  test.setTimeout(240_000);
  const server = await startServer();
  const room = await openRoom(server.url);
  const [ada, bob] = [await visit(browser, room, 'Ada'), await visit(browser, room, 'Bob')];
  const together = async (): Promise<void> => {
    // Whose hand it was is not known here: the two are read until they agree.
    await expect.poll(async () => (await shownStep(ada.page)) - (await shownStep(bob.page))).toBe(0);
    expect(await shownStep(ada.page)).toBeLessThan(3_000);
  };
  const back = async (page: Page, times: number): Promise<void> => {
    for (let k = 0; k < times; k++) await page.keyboard.press('[');
  };
  try {
    await makeQuick(ada.page);
    await train(ada.page);
    await expect(bob.page.getByTestId('verdict')).toContainText('found it', { timeout: 60_000 });
    // Alone, nobody else is moved.
    await back(ada.page, 5);
    const alone = await shownStep(ada.page);
    expect(alone).toBeLessThan(3_000);
    expect(await shownStep(bob.page)).toBe(3_000);
    await ada.page.keyboard.press('Escape');

    await ada.page.keyboard.press('g');
    await expect(ada.page.getByTestId('group-time')).toHaveAttribute('aria-pressed', 'true');
    await back(ada.page, 20);
    await together();
    await expect(bob.page.getByTestId('time-hand')).toHaveText('Ada moves the time');

    await server.restart('SIGKILL');
    await live(ada.page);
    await live(bob.page);
    await back(ada.page, 5);
    await together();
    // The last hand wins.
    await back(bob.page, 3);
    await expect(ada.page.getByTestId('time-hand')).toHaveText('Bob moves the time');
    await together();
    await back(ada.page, 3);
    await expect(bob.page.getByTestId('time-hand')).toHaveText('Ada moves the time');
    await together();

    const before = await shownStep(bob.page);
    await ada.page.keyboard.press('p');
    await expect.poll(() => shownStep(bob.page)).toBeGreaterThan(before);
    await ada.page.keyboard.press('p');
    await together();
    const carol = await visit(browser, room, 'Carol');
    await expect(carol.page.getByTestId('time-hand')).toHaveText('Ada moves the time');
    await carol.context.close();

    await bob.page.keyboard.press('Escape');
    await expect.poll(() => shownStep(bob.page)).toBe(3_000);
    await expect(bob.page.getByTestId('group-time')).toContainText('Join Ada');
    await bob.page.getByTestId('group-time').click();
    await together();
    await ada.page.keyboard.press('Escape');
    for (const { page } of [ada, bob]) await expect.poll(() => shownStep(page)).toBe(3_000);
  } finally {
    await Promise.all([ada, bob].map(({ context }) => context.close()));
    await server.stop();
  }
});

test('a run is changed while it trains, for all, over a restart', async ({ browser }) => {
  test.setTimeout(240_000);
  const server = await startServer();
  const room = await openRoom(server.url);
  const [ada, bob] = [await visit(browser, room, 'Ada'), await visit(browser, room, 'Bob')];
  const marks = (page: Page): Locator => page.getByTestId('change-mark');
  try {
    await makeLong(ada.page);
    await ada.page.getByTestId('run-button').click();
    await expect.poll(() => shownStep(bob.page), { timeout: 30_000 }).toBeGreaterThan(10);
    await setNumber(ada.page, 'densityTo', '0.2');
    await bob.page.getByTestId('change-run').click();
    for (const { page } of [ada, bob]) await expect(marks(page)).toHaveCount(1);
    await expect(marks(bob.page)).toHaveAttribute('aria-label', /^Changed at step [\d,]+: S 0\.00–.+ → 0\.00–0\.80$/);
    await expect(ada.page.getByTestId('stale')).toHaveCount(0);
    // A checkpoint beyond the change.
    await ada.page.waitForTimeout(4_000);

    await server.restart('SIGKILL');
    await live(ada.page);
    await live(bob.page);
    await expect(marks(bob.page)).toHaveCount(1);
    // From now on by the controls themselves.
    await ada.page.getByTestId('beginning').getByText('Continue from here').click();
    await setNumber(ada.page, 'learningRate', '0.004');
    for (const { page } of [ada, bob]) await expect(marks(page)).toHaveCount(2, { timeout: 30_000 });
    await expect(marks(bob.page).last()).toHaveAttribute('aria-label', /η 0\.01 → 0\.004/);
  } finally {
    await Promise.all([ada, bob].map(({ context }) => context.close()));
    await server.stop();
  }
});

/** A stranger's client of the room, who watches. */
async function watch(room: string) {
  const { origin, pathname } = new URL(room);
  const socket: Socket<ServerToClient, ClientToServer> = io(origin, { path: SOCKET_PATH, transports: ['websocket'] });
  const id = pathname.split('/').at(-1) as RunRecord['room'];
  const request = { protocol: PROTOCOL_VERSION, room: id, name: 'A stranger', colour: 0, seat: false };
  const joined = await socket.emitWithAck('join', request);
  if (!joined.ok || joined.value.run === null) throw new Error('the room has no run');
  return { socket, record: joined.value.run.record };
}

/** What a run is made of, trained again in this process: the weights of its first frame, its spec, its changes. */
async function hashAgain(
  socket: Socket<ServerToClient, ClientToServer>,
  record: RunRecord,
): Promise<string | undefined> {
  const { id, spec, amendments } = record;
  const instances = Array.from({ length: instanceCount(spec) }, (_, instance) => instance);
  const timeline = await socket.emitWithAck('timeline', { run: id, tensors: ['W', 'b'], instances });
  if (!timeline.ok) throw new Error(timeline.error.message);
  const first = unpackFrames(new Uint8Array(timeline.value)).map(decodeFrame)[0];
  if (first?.ok !== true) throw new Error('the first frame cannot be read');
  expect(first.value.step).toBe(0);
  const from = checkpointFrom(spec, first.value.tensors);
  if (from === undefined) throw new Error('the first frame does not fit the spec');
  const spawn = (): never => {
    throw new Error('no worker is asked for');
  };
  const host = createTrainerHost({
    now: () => performance.now(),
    breathe: () => Promise.resolve(),
    from,
    amendments,
  });
  for await (const event of createFusedTrainer({ workers: 0, spawn }).train(spec, host))
    if (event.type === 'finished') return event.weightsHash;
  return undefined;
}

test('a run goes on from a moment of another, is changed on the way, and gives the same bits again', async ({
  arrive,
  server,
}) => {
  test.setTimeout(240_000);
  const room = await openRoom(server.url);
  const [ada, bob] = [await arrive(room, 'Ada'), await arrive(room, 'Bob')];
  await makeQuick(ada.page);
  await train(ada.page);
  for (let k = 0; k < 10; k++) await ada.page.keyboard.press('[');
  const from = await shownStep(ada.page);
  await ada.page.getByTestId('beginning').getByText('Continue from here').click();
  await setNumber(ada.page, 'steps', '30000');
  await ada.page.getByTestId('run-button').click();
  await expect(ada.page.getByTestId('pause-button')).toBeVisible();
  await setNumber(ada.page, 'learningRate', '0.002');
  await expect(bob.page.getByTestId('change-mark')).toHaveCount(1);
  await bob.page.getByTestId('runs-button').click();
  await expect(bob.page.getByTestId('run-source')).toContainText(
    `went on from step ${from.toLocaleString('en-US')} of`,
  );
  await expect(ada.page.getByTestId('verdict')).toContainText('found it', { timeout: 120_000 });

  const { socket, record } = await watch(room);
  expect(record.source).toMatchObject({ step: from });
  expect(record.amendments).toHaveLength(1);
  const hash = record.status.phase === 'finished' ? record.status.weightsHash : undefined;
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await hashAgain(socket, record)).toBe(hash);
  socket.disconnect();

  // Another model has no use for these weights.
  await setNumber(ada.page, 'n', '4');
  await expect(ada.page.getByTestId('beginning').getByText('Continue from here')).toHaveAttribute('data-unfit', '');
});

test('two runs, and two steps of one, side by side; a note of an earlier run opens that run', async ({
  arrive,
  server,
}) => {
  test.setTimeout(240_000);
  const room = await openRoom(server.url);
  const [ada, bob] = [await arrive(room, 'Ada'), await arrive(room, 'Bob')];
  await makeQuick(ada.page);
  await ada.page.getByTestId('strip-cell-2').click();
  await train(ada.page);
  for (let k = 0; k < 4; k++) await ada.page.keyboard.press('[');
  const written = await shownStep(ada.page);
  expect(written).toBeLessThan(3_000);
  await ada.page.keyboard.press('c');
  await ada.page.getByLabel('What the note is about').selectOption('feature 4');
  await ada.page.getByRole('textbox', { name: 'Note', exact: true }).fill('The fifth one.');
  await ada.page.getByRole('button', { name: 'Pin note' }).click();
  await setNumber(ada.page, 'n', '4');
  await ada.page.getByTestId('run-button').click();
  await expect.poll(() => represented(ada.page), { timeout: 60_000 }).toBe(4);
  await expect(ada.page.getByTestId('verdict')).toContainText('found it', { timeout: 60_000 });

  // Its feature is not in the present run: the run that it was written on comes.
  await bob.page.getByTestId('notes-button').click();
  await bob.page.getByTestId('thread').getByRole('button').first().click();
  await expect(bob.page.getByTestId('past-line')).toBeVisible();
  await expect(bob.page.getByTestId('directions').getByTestId('pin')).toHaveText('1');
  await expect.poll(() => shownStep(bob.page)).toBe(written);
  await expect.poll(() => represented(bob.page)).toBe(5);

  await ada.page.getByRole('button', { name: 'Runs', exact: true }).click();
  await run(ada.page, 1)
    .getByRole('button', { name: /Compare/ })
    .click();
  const sides = ada.page.getByTestId('compared');
  await expect(sides).toHaveCount(2);
  await expect(ada.page.getByTestId('between')).toHaveText('n 4 → 5');
  await expect(sides.last()).toContainText('pentagon');
  await ada.page.getByLabel('Step shown on the right').focus();
  await ada.page.keyboard.press('Home');
  await expect(sides.last().getByTestId('compared-step')).toHaveText('step 0');
  await run(ada.page, 0)
    .getByRole('button', { name: /Compare/ })
    .click();
  await expect(ada.page.getByTestId('between')).toHaveText('Two steps of one run');
  await ada.page.getByRole('button', { name: 'End comparing' }).click();
  await expect(ada.page.getByTestId('compare')).toHaveCount(0);
});

test('with the keyboard alone, and axe finds nothing serious in either theme', async ({ arrive, server }) => {
  test.setTimeout(240_000);
  const { page } = await arrive(await openRoom(server.url), 'Ada');
  await trainTwo(page);
  await page.getByTestId('runs-button').focus();
  await page.keyboard.press('Enter');
  await run(page, 1).getByRole('button').first().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('past-line')).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.getByRole('button', { name: 'Stop playing (P)' })).toBeVisible();
  await page.keyboard.press('p');
  await page.keyboard.press('[');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const state of ['past', 'compare']) {
      if (state === 'compare')
        await run(page, 0)
          .getByRole('button', { name: /Compare/ })
          .click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    }
    await page.getByRole('button', { name: 'End comparing' }).click();
  }
});
