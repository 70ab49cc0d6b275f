import { networkInterfaces } from 'node:os';
import type { Page } from 'playwright/test';
import { arrows, expectJoined, makeQuick, openRoom, represented, setNumber, shownStep } from './people.ts';
import { decodeFrame } from '#lib/runs/frame';
import { attend } from './crowd.ts';
import { expect, test } from './fixtures.ts';

test('a drag is seen by the other while it happens, and written on release', async ({ arrive, server }) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  const bob = await arrive(room, 'Bob');
  const slider = ada.page.getByTestId('parameter-importanceBase').locator('input[type=range]');
  const box = await slider.boundingBox();
  if (box === null) throw new Error('the slider has no box');
  await ada.page.mouse.move(box.x + box.width * 0.85, box.y + box.height / 2);
  await ada.page.mouse.down();
  await ada.page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2, { steps: 8 });

  const seen = bob.page.getByTestId('parameter-importanceBase');
  await expect(seen).toContainText('Ada');
  const held = await seen.locator('input[type=range]').inputValue();
  await expect.poll(() => seen.locator('input[type=range]').inputValue()).toBe(await slider.inputValue());
  expect(Number(held)).not.toBeNaN();

  await ada.page.mouse.up();
  await expect(seen).not.toContainText('Ada');
  await expect(ada.page.getByTestId('status')).toContainText('Saved');
  const written = await slider.inputValue();
  await bob.page.reload();
  await expect(bob.page.getByTestId('parameter-importanceBase').locator('input[type=range]')).toHaveValue(written);
  // The same person: not asked again, and not there twice.
  await expectJoined(bob.page);
  for (const { page } of [ada, bob]) await expect(page.getByTestId('person')).toHaveText(['A', 'B']);
});

test('a run in one browser is seen by the other, and the pentagon forms on both screens', async ({
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  const bob = await arrive(room, 'Bob');
  await makeQuick(ada.page);
  await bob.page.evaluate(() => {
    const steps = new Set<string>();
    Object.assign(globalThis, { seenSteps: steps });
    const watch = (): void => {
      steps.add(document.querySelector('[data-testid=step-label]')?.textContent ?? '');
      requestAnimationFrame(watch);
    };
    watch();
  });
  const witness = await attend(room, 'Witness');
  const reached = new Set<string>();
  witness.on('run', ({ id: run }) => {
    witness.emit('subscribe', { run, tensors: ['W'], instances: [0], maxHz: 30 }, () => undefined);
  });
  witness.on('frame', (bytes) => {
    const frame = decodeFrame(new Uint8Array(bytes));
    if (frame.ok) reached.add(String(frame.value.step));
  });
  await ada.page.getByTestId('strip-cell-2').click();
  await bob.page.getByTestId('strip-cell-2').click();
  await ada.page.getByTestId('run-button').click();

  for (const { page } of [ada, bob]) {
    await expect.poll(() => represented(page), { timeout: 40_000 }).toBe(5);
    await expect(page.getByTestId('verdict')).toContainText(/of 8 found it/);
  }
  const [hers, his] = [await arrows(ada.page), await arrows(bob.page)];
  hers.forEach((arrow, i) => {
    expect(his[i]?.x).toBeCloseTo(arrow.x, 3);
    expect(his[i]?.y).toBeCloseTo(arrow.y, 3);
  });
  // How many of them are drawn is this machine's affair: several, not just the end.
  expect(reached.size).toBeGreaterThanOrEqual(20);
  const drawn = await bob.page.evaluate(() => (globalThis as unknown as { seenSteps: Set<string> }).seenSteps.size);
  expect(drawn).toBeGreaterThanOrEqual(5);
  witness.close();
});

test('what if: a knob that is let go of trains at once, before everyone; a run that was paused, or is long, waits for Run', async ({
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  const bob = await arrive(room, 'Bob');
  await makeQuick(ada.page);
  // Every run that begins, also one that nobody sees for long.
  const begun = new Map<string, number>();
  const witness = await attend(room, 'Witness');
  witness.on('run', ({ id, spec }) => begun.set(id, spec.seed));
  const asks = ada.page.getByTestId('run-on-release');
  const setSeed = (seed: number): Promise<void> => setNumber(ada.page, 'seed', String(seed));
  const trained = async (seed: number): Promise<void> => {
    for (const { page } of [ada, bob]) {
      await expect(page.getByTestId('run-words')).toContainText(`seed ${String(seed)}`);
      await expect(page.getByTestId('verdict')).toContainText(/of 8 found it/);
    }
  };

  await setSeed(7);
  await asks.check();
  await ada.page.getByTestId('parameter-densityTo').locator('input[type=range]').press('ArrowRight');
  await trained(7);
  // The second knob of a hurry waits for the first, and is not lost.
  await setSeed(8);
  await setSeed(9);
  await trained(9);

  await ada.page.getByRole('button', { name: 'Reset, same seed (R)' }).click();
  for (const { page } of [ada, bob]) await expect.poll(() => shownStep(page)).toBe(0);
  await setSeed(10);
  await ada.page.getByTestId('run-button').click();
  await trained(10);
  await setNumber(ada.page, 'steps', '200000');
  await expect(asks.locator('..')).toContainText('too long');
  await setNumber(ada.page, 'steps', '3000');
  await setSeed(11);
  await trained(11);
  expect([...begun.values()]).toEqual([7, 8, 9, 9, 10, 11]);
  witness.close();
});

test('a run on the server is seen by both, and either may pause it, step it and let it go on', async ({
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  const bob = await arrive(room, 'Bob');
  // A quick one may have ended before anyone pauses it.
  await setNumber(ada.page, 'steps', '200000');
  await ada.page.getByTestId('place-server').click();
  await ada.page.getByTestId('run-button').click();
  await expect.poll(() => shownStep(bob.page)).toBeGreaterThan(10);

  await bob.page.getByTestId('pause-button').click();
  for (const { page } of [ada, bob]) await expect(page.getByTestId('run-button')).toBeVisible();
  const paused = await pausedStep(ada.page);
  for (const { page } of [ada, bob]) await expect.poll(() => shownStep(page)).toBe(paused);
  await ada.page.keyboard.press('.');
  await expect.poll(() => shownStep(bob.page)).toBe(paused + 1);
  await bob.page.getByTestId('run-button').click();
  await expect.poll(() => shownStep(ada.page)).toBeGreaterThan(paused + 1);
});

/** As the run's own status says, which may be ahead of what is shown. */
async function pausedStep(page: Page): Promise<number> {
  const words = page.getByText(/Paused at step [\d,]+/).first();
  await expect(words).toBeVisible();
  return Number(/step ([\d,]+)/.exec((await words.textContent()) ?? '')?.[1]?.replaceAll(',', ''));
}

test('a step from nothing makes a run on the server that stands at step 1', async ({ arrive, server }) => {
  const ada = await arrive(await openRoom(server.url), 'Ada');
  await ada.page.getByTestId('place-server').click();
  await ada.page.keyboard.press('.');
  await expect.poll(() => shownStep(ada.page)).toBe(1);
  await expect(ada.page.getByTestId('run-button')).toBeVisible();
});

test('one who joins late, or reloads in the middle of a run, sees it as it stands within a second', async ({
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  await ada.page.getByTestId('run-button').click();
  await expect.poll(() => shownStep(ada.page), { timeout: 30_000 }).toBeGreaterThan(200);

  const bob = await arrive(room, 'Bob');
  await expect.poll(() => shownStep(bob.page), { timeout: 1_000 }).toBeGreaterThan(200);
  await bob.page.reload();
  await expect(bob.page.getByTestId('person').first()).toBeVisible();
  await expect.poll(() => shownStep(bob.page), { timeout: 1_000 }).toBeGreaterThan(200);
  expect((await arrows(bob.page)).length).toBe(5);
});

test('a room works at an address that is not loopback, over plain http', async ({ arrive, server }) => {
  const address = Object.values(networkInterfaces())
    .flatMap((held) => held ?? [])
    .find((held) => held.family === 'IPv4' && !held.internal)?.address;
  test.skip(address === undefined, 'this machine has no address but loopback');
  const room = await openRoom(`http://${String(address)}:${String(server.port)}`);
  const ada = await arrive(room, 'Ada');
  expect(await ada.page.evaluate(() => isSecureContext)).toBe(false);
  await makeQuick(ada.page);
  await ada.page.getByTestId('strip-cell-2').click();
  await ada.page.getByTestId('run-button').click();
  await expect.poll(() => represented(ada.page), { timeout: 40_000 }).toBe(5);
});

test('where the parameters lie over the figures Escape leaves what is being typed, then folds them', async ({
  arrive,
  server,
}) => {
  const { page } = await arrive(await openRoom(server.url), 'Ada');
  await page.setViewportSize({ width: 720, height: 900 });
  const rail = page.getByRole('complementary', { name: 'Parameters' });
  await page.getByRole('button', { name: 'Parameters', exact: true }).click();
  const steps = page.getByTestId('parameter-steps').getByRole('textbox');
  const before = await steps.inputValue();
  await steps.fill('77');
  await page.keyboard.press('Escape');
  await expect(steps).toHaveValue(before);
  await expect(rail).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(rail).toBeHidden();
});

test('who skips a showing sees the run as it stands, and goes on seeing it', async ({ arrive, server }) => {
  const { page } = await arrive(await openRoom(server.url), 'Ada');
  const steps = page.getByTestId('parameter-steps').getByRole('spinbutton').or(page.getByLabel('Steps, as a number'));
  await steps.first().fill('200000');
  await steps.first().press('Enter');
  await page.getByTestId('run-button').click();
  const shown = async (): Promise<number> =>
    Number((await page.getByTestId('step-label').innerText()).split(' ')[0]?.replaceAll(',', ''));
  await expect.poll(shown).toBeGreaterThan(0);
  await page.keyboard.press('Escape');
  const then = await shown();
  // Far behind the newest frame, a showing that froze where it was skipped would stand at `then` until the run ends.
  await expect.poll(shown, { timeout: 30_000 }).toBeGreaterThan(then + 300);
  const later = await shown();
  await expect.poll(shown, { timeout: 30_000 }).toBeGreaterThan(later + 300);
});
