import type { Page } from 'playwright/test';
import { makeLong, openRoom, shownStep, visit, type Visitor } from './people.ts';
import { expect, test } from './fixtures.ts';
import { startServer } from './server.ts';

/** Milliseconds: two checkpoints. */
const CHECKPOINTS_MS = 4_500;

/** Ada trains a long run, which Bob follows, for long enough that it has a checkpoint. */
async function trainLong({ page }: Visitor, follower: Visitor): Promise<void> {
  await makeLong(page);
  await page.getByTestId('run-button').click();
  await expect.poll(() => shownStep(follower.page), { timeout: 20_000 }).toBeGreaterThan(10);
  await page.waitForTimeout(CHECKPOINTS_MS);
}

test('the trainer’s tab closes: everyone is told, and the run goes on in another browser', async ({
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const [ada, bob, carol] = [await arrive(room, 'Ada'), await arrive(room, 'Bob'), await arrive(room, 'Carol')];
  await trainLong(ada, bob);
  await ada.page.close();
  const told = bob.page.getByTestId('orphaned');
  await expect(told).toContainText(/Ada’s browser stopped training at step [\d,]+\./);
  const reached = await shownStep(bob.page);
  await told.getByRole('button', { name: 'Continue here' }).click();

  for (const { page } of [bob, carol])
    await expect(page.getByTestId('hand-over')).toContainText(/Bob’s browser went on from step [\d,]+\./);
  const words = (await carol.page.getByTestId('hand-over').textContent()) ?? '';
  const from = Number(/from step ([\d,]+)/.exec(words)?.[1]?.replaceAll(',', ''));
  expect(from).toBeGreaterThan(0);
  for (const { page } of [bob, carol])
    await expect.poll(() => shownStep(page), { timeout: 30_000 }).toBeGreaterThan(reached);
  await expect(bob.page.getByTestId('run-words')).toContainText('on this browser');
  await expect(carol.page.getByTestId('run-words')).toContainText('on Bob’s browser');
});

test('the run goes on on the server with one press, and a viewer is told without being asked', async ({
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const [ada, bob] = [await arrive(room, 'Ada'), await arrive(room, 'Bob')];
  await trainLong(ada, bob);
  await ada.page.reload();
  const told = ada.page.getByTestId('orphaned');
  await expect(told).toContainText('Ada’s browser stopped training');
  const reached = await shownStep(bob.page);
  await told.getByRole('button', { name: 'Continue on the server' }).click();
  await expect(bob.page.getByTestId('hand-over')).toContainText('The server went on from step');
  for (const { page } of [ada, bob])
    await expect.poll(() => shownStep(page), { timeout: 30_000 }).toBeGreaterThan(reached);
  await bob.page.getByTestId('pause-button').click();
  await expect(ada.page.getByTestId('run-button')).toBeVisible();
});

test('a hidden tab goes on training and publishing', async ({ arrive, server }) => {
  const room = await openRoom(server.url);
  const [ada, bob] = [await arrive(room, 'Ada'), await arrive(room, 'Bob')];
  await trainLong(ada, bob);
  await ada.page.evaluate(hide);
  const before = await shownStep(bob.page);
  await expect.poll(() => shownStep(bob.page), { timeout: 20_000 }).toBeGreaterThan(before);
  await ada.page.waitForTimeout(CHECKPOINTS_MS);
  const pace = await shownPace(bob.page);
  await ada.page.close();
  await expect(bob.page.getByTestId('orphaned')).toBeVisible();
  const reached = await shownStep(bob.page);
  await bob.page.getByRole('button', { name: 'Continue here' }).click();
  const words = bob.page.getByTestId('hand-over');
  await expect(words).toBeVisible();
  const from = Number(/from step ([\d,]+)/.exec((await words.textContent()) ?? '')?.[1]?.replaceAll(',', ''));
  expect(from).toBeGreaterThan(before);
  // A hidden tab sends a frame each second: its last checkpoint may be newer than the last of them, by no more than that and its way.
  expect(from).toBeLessThanOrEqual(reached + 2 * pace);
});

/** Steps per second, as the line under the figures says them. */
async function shownPace(page: Page): Promise<number> {
  const words = page.getByTestId('run-words');
  await expect(words).toContainText(/[\d,]+ steps\/s/);
  return Number(/([\d,]+) steps\/s/.exec((await words.textContent()) ?? '')?.[1]?.replaceAll(',', ''));
}

/** A browser without a screen hides no tab: this one gets no more animation frames, and timers once a second, as a hidden one does. */
function hide(): void {
  const later = globalThis.setTimeout.bind(globalThis);
  globalThis.setTimeout = ((act: () => void, ms = 0) => later(act, Math.max(ms, 1_000))) as typeof setTimeout;
  globalThis.requestAnimationFrame = () => 0;
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const)
  test(`the server is ended with ${signal}: people come back by themselves, and both kinds of run go on`, async ({
    browser,
  }) => {
    test.setTimeout(180_000);
    const server = await startServer();
    const rooms = [await openRoom(server.url), await openRoom(server.url)];
    const [ada, bob] = [await visit(browser, rooms[0] ?? '', 'Ada'), await visit(browser, rooms[0] ?? '', 'Bob')];
    const carol = await visit(browser, rooms[1] ?? '', 'Carol');
    try {
      await carol.page.getByTestId('place-server').click();
      await trainLong(carol, carol);
      await trainLong(ada, bob);
      const [browsers, servers] = [await shownStep(bob.page), await shownStep(carol.page)];
      await server.restart(signal);

      for (const { page } of [ada, bob, carol])
        await expect(page.getByTestId('status')).toContainText(/Live|Saved/, { timeout: 30_000 });
      await expect.poll(() => shownStep(bob.page), { timeout: 30_000 }).toBeGreaterThan(browsers);
      await expect(bob.page.getByTestId('orphaned')).toBeHidden();
      await expect(bob.page.getByTestId('hand-over')).toBeHidden();
      await expect(carol.page.getByTestId('hand-over')).toContainText('The server was restarted at step');
      await expect.poll(() => shownStep(carol.page), { timeout: 30_000 }).toBeGreaterThan(servers);
    } finally {
      await Promise.all([ada, bob, carol].map(({ context }) => context.close()));
      await server.stop();
    }
  });
