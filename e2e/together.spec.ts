import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import { expectJoined, join, makeQuick, openRoom, runsByPressOnly, setNumber, visit } from './people.ts';
import { startServer } from './server.ts';

const cell = (page: Page, k: number): Locator => page.getByTestId(`strip-cell-${k}`);
const isAt = (page: Page, k: number): Promise<void> => expect(cell(page, k)).toHaveAttribute('aria-checked', 'true');
const field = (page: Page, parameter: string): Locator =>
  page.getByTestId(`parameter-${parameter}`).locator('input[type=number], input[inputmode]').first();

/** The hand goes over a figure, so that others see a cursor: again and again, since one may be lost on the way. */
async function pointUntilSeen(page: Page, figure: string, seen: Locator): Promise<void> {
  const box = await page.getByTestId(figure).boundingBox();
  if (box === null) throw new Error(`${figure} is not there`);
  let at = 0;
  await expect
    .poll(async () => {
      at += 3;
      await page.mouse.move(box.x + box.width / 2 + (at % 30), box.y + box.height / 2);
      return seen.count();
    })
    .toBeGreaterThan(0);
}

test('five in a room: one leads and points, all follow; one leaves, a hand goes up, and the lead is handed on', async ({
  arrive,
  server,
}) => {
  test.setTimeout(180_000);
  const room = await openRoom(server.url);
  const names = ['Ada', 'Bob', 'Carol', 'Dora', 'Emmy'];
  const pages: Page[] = [];
  for (const name of names) pages.push((await arrive(room, name)).page);
  const [ada, bob, carol, dora] = pages as [Page, Page, Page, Page];

  await ada.keyboard.press('s');
  for (const page of [bob, carol, dora]) await expect(page.getByTestId('lead')).toContainText('Ada leads');
  await expect(ada.getByTestId('followers')).toHaveText('· 4 of 4 follow');
  await cell(ada, 2).click();
  for (const page of pages) await isAt(page, 2);
  await expect(cell(bob, 2).getByTestId('looker').first()).toBeVisible();

  await pointUntilSeen(ada, 'directions', bob.getByTestId('directions').getByTestId('cursor'));
  await expect(bob.getByTestId('directions').getByTestId('cursor')).toHaveAttribute('data-person', 'Ada');
  // Any model of the strip is pointed at where it stands, and any step of the run.
  await pointUntilSeen(ada, 'strip-cell-7', cell(bob, 7).getByTestId('cursor'));
  await pointUntilSeen(ada, 'track', bob.getByTestId('track').getByTestId('cursor'));
  // It rests, and fades.
  await expect(bob.getByTestId('cursor')).toHaveCount(0);

  // Esc leaves: the next move is not followed. F comes back.
  await bob.keyboard.press('Escape');
  await expect(bob.getByTestId('lead')).toContainText('you look by yourself');
  await cell(ada, 5).click();
  await isAt(carol, 5);
  await isAt(bob, 2);
  await bob.keyboard.press('f');
  await isAt(bob, 5);
  // Whoever chooses for themselves has left as well.
  await cell(carol, 0).click();
  await expect(ada.getByTestId('followers')).toHaveText('· 3 of 4 follow');

  await dora.getByTestId('people-button').click();
  await dora.getByLabel('Question with which to raise a hand').fill('Why 72°?');
  await dora.keyboard.press('Enter');
  await expect(ada.getByTestId('raised')).toContainText('Dora: “Why 72°?”');
  await ada.getByTestId('raised').getByRole('button', { name: 'Lower' }).click();
  await expect(dora.getByTestId('raised')).toHaveCount(0);

  await ada.getByTestId('people-button').click();
  await ada.getByRole('button', { name: 'Hand the lead to Bob' }).click();
  await ada.keyboard.press('Escape');
  await expect(carol.getByTestId('lead')).toContainText('Bob leads');
  await cell(bob, 1).click();
  for (const page of pages) await isAt(page, 1);
});

test('the knobs: others’ hands are off the controls until they are given back or their holder leaves', async ({
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const [ada, bob] = [await arrive(room, 'Ada'), await arrive(room, 'Bob')];
  await ada.page.keyboard.press('k');
  await expect(bob.page.getByTestId('knobs')).toContainText('Ada has the knobs');
  await expect(bob.page.getByTestId('run-button')).toBeDisabled();
  await expect(field(bob.page, 'n')).toBeDisabled();
  await expect(ada.page.getByTestId('run-button')).toBeEnabled();
  await ada.page.getByRole('button', { name: 'Give them back' }).click();
  await expect(bob.page.getByTestId('run-button')).toBeEnabled();
  await ada.page.keyboard.press('k');
  await expect(bob.page.getByTestId('run-button')).toBeDisabled();
  await ada.context.close();
  await expect(bob.page.getByTestId('knobs')).toHaveCount(0);
  await expect(field(bob.page, 'n')).toBeEnabled();
});

test('who hides has no cursor and is nowhere, for everyone', async ({ arrive, server }) => {
  const room = await openRoom(server.url);
  const [ada, bob] = [await arrive(room, 'Ada'), await arrive(room, 'Bob')];
  await pointUntilSeen(ada.page, 'gram', bob.page.getByTestId('gram').getByTestId('cursor'));
  await ada.page.getByTestId('people-button').click();
  await ada.page.getByLabel(/Hide my cursor/).check();
  await expect(bob.page.getByTestId('cursor')).toHaveCount(0);
  await bob.page.getByTestId('people-button').click();
  const line = bob.page.getByTestId('people-list').locator('[data-person=Ada]');
  await expect(line).toBeVisible();
  await expect(line).not.toContainText('at S');
});

test('try mine disturbs nobody; shown, it is before all under its author’s name; adopted, it is the room’s', async ({
  arrive,
  server,
}) => {
  test.setTimeout(150_000);
  const room = await openRoom(server.url);
  const [{ page: ada }, { page: bob }, { page: carol }] = [
    await arrive(room, 'Ada'),
    await arrive(room, 'Bob'),
    await arrive(room, 'Carol'),
  ];
  await makeQuick(ada);
  await expect(field(bob, 'steps')).toHaveValue('3000');
  await bob.keyboard.press('t');
  await expect(bob.getByTestId('try-line')).toContainText('nobody else sees it');
  await setNumber(bob, 'n', '4');
  await expect(bob.getByTestId('differences')).toHaveText('n = 4');
  await bob.getByTestId('run-button').click();
  await expect(bob.getByTestId('verdict')).toContainText('found it', { timeout: 60_000 });
  await expect(field(ada, 'n')).toHaveValue('5');
  await expect(ada.getByTestId('run-words')).toHaveCount(0);

  await bob.getByRole('button', { name: 'Show', exact: true }).click();
  for (const page of [ada, carol]) {
    await expect(page.getByTestId('try-line')).toContainText('Bob’s try');
    await expect(page.getByTestId('verdict')).toContainText('found it');
    await expect(field(page, 'n')).toHaveValue('4');
    await expect(field(page, 'n')).toBeDisabled();
  }
  await carol.keyboard.press('Escape');
  await expect(carol.getByTestId('try-line')).toHaveCount(0);
  await expect(field(carol, 'n')).toHaveValue('5');
  await carol.getByTestId('shown-try').click();
  await expect(carol.getByTestId('try-line')).toContainText('Bob’s try');

  await ada.getByRole('button', { name: 'Adopt' }).click();
  await expect(field(ada, 'n')).toHaveValue('4');
  await carol.getByRole('button', { name: 'Back to the room' }).click();
  await expect(field(carol, 'n')).toHaveValue('4');
  await expect(carol.getByTestId('verdict')).toContainText('found it', { timeout: 60_000 });
  // One undo takes it back.
  await ada.keyboard.press('Control+z');
  await expect(field(carol, 'n')).toHaveValue('5');
  await bob.getByRole('button', { name: 'Put away' }).click();
  await expect(carol.getByTestId('shown-try')).toHaveCount(0);
});

test('the server is killed in the middle: lead, knobs, a hand and who follows are as before', async ({ browser }) => {
  test.setTimeout(150_000);
  const server = await startServer();
  const room = await openRoom(server.url);
  const people = [
    await visit(browser, room, 'Ada'),
    await visit(browser, room, 'Bob'),
    await visit(browser, room, 'Carol'),
  ];
  const [ada, bob, carol] = people.map(({ page }) => page) as [Page, Page, Page];
  try {
    await ada.keyboard.press('s');
    await ada.keyboard.press('k');
    await carol.keyboard.press('h');
    await expect(bob.getByTestId('lead')).toContainText('Ada leads');
    // What they have they must have been told: it is what they ask for again.
    await expect(ada.getByTestId('guide-line')).toContainText('You lead');
    await expect(ada.getByTestId('knobs')).toContainText('You have the knobs');
    await expect(carol.getByTestId('raised')).toContainText('Your hand is up');
    await server.restart('SIGKILL');
    for (const page of [ada, bob, carol])
      await expect(page.getByTestId('status')).toContainText(/Live|Saved/, { timeout: 40_000 });
    await expect(bob.getByTestId('lead')).toContainText('Ada leads');
    await expect(bob.getByTestId('knobs')).toContainText('Ada has the knobs');
    await expect(ada.getByTestId('raised')).toContainText('Carol');
    await cell(ada, 3).click();
    await isAt(bob, 3);
  } finally {
    await Promise.all(people.map(({ context }) => context.close()));
    await server.stop();
  }
});

test('with the keyboard alone: join, run, go through time, note, lead and try; axe finds nothing serious', async ({
  browser,
  server,
}) => {
  test.setTimeout(180_000);
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(await openRoom(server.url));
  // A run that a number began would be over, and looked at, when the one of the space bar takes its place.
  await runsByPressOnly(page);
  await page.getByTestId('name').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Ada');
  await page.keyboard.press('Enter');
  await expectJoined(page);
  for (const [parameter, value] of [
    ['densities', '3'],
    ['replicas', '4'],
    ['steps', '500'],
  ] as const) {
    await field(page, parameter).focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(value);
    await page.keyboard.press('Enter');
  }
  await page.getByTestId('strip-cell-0').or(page.getByTestId('strip-cell-2')).first().focus();
  await page.keyboard.press('End');
  await page.getByTestId('directions').locator('svg[tabindex="0"]').focus();
  await page.keyboard.press(' ');
  await expect(page.getByTestId('verdict')).toContainText('found it', { timeout: 60_000 });
  await page.getByLabel('Step shown').press('Home');
  await expect(page.getByTestId('step-label')).toHaveText('0');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('step-label')).toHaveText('500');
  await page.getByTestId('directions').locator('svg[tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('c');
  await page.keyboard.type('By keys.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId('thread')).toContainText('By keys.');
  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  await page.keyboard.press('k');
  await page.keyboard.press('h');
  await expect(page.getByTestId('guide-line')).toContainText('You lead');
  await expectNothingSerious(page);
  await page.getByTestId('people-button').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Question with which to raise a hand')).toBeVisible();
  await expectNothingSerious(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('t');
  await expect(page.getByTestId('try-line')).toBeVisible();
  await expectNothingSerious(page);
  await context.close();
});

async function expectNothingSerious(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await serious(page)).toEqual([]);
  }
}

/** Where and what, in a line each. */
async function serious(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${String(target)}: ${failureSummary ?? ''}`),
    );
}

for (const [name, width, height] of [
  ['beside a call', 720, 900],
  ['on a phone', 390, 844],
] as const)
  test(`${name}: people, a hand, following and a try are within reach, and nothing is wider than the screen`, async ({
    browser,
    arrive,
    server,
  }) => {
    const room = await openRoom(server.url);
    const ada = await arrive(room, 'Ada');
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    await page.goto(room);
    await join(page, 'Bob');
    await ada.page.keyboard.press('s');
    await expect(page.getByTestId('lead')).toContainText('Ada leads');
    await cell(ada.page, 2).click();
    await isAt(page, 2);
    await page.getByTestId('people-button').click();
    await page.getByRole('button', { name: 'Raise hand' }).click();
    await expect(ada.page.getByTestId('raised')).toContainText('Bob');
    await page.keyboard.press('Escape');
    await page.getByTestId('try-button').click();
    await expect(page.getByTestId('try-line')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Back to the room' })).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await context.close();
  });

test('axe finds nothing serious on the claims and in the gallery, in both themes', async ({ browser, server }) => {
  test.setTimeout(240_000);
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  for (const path of ['/claims', '/gallery', '/gallery/room?scene=together', '/gallery/room?scene=view']) {
    // In each theme from its beginning: colours that are on their way to the other one are of neither.
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(server.url + path);
      await page.locator('h1, h2').first().waitFor();
      expect(await serious(page)).toEqual([]);
    }
  }
  await context.close();
});
