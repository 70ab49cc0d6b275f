import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from 'playwright/test';
import { join, makeQuick, openRoom, represented, visit } from './people.ts';
import { expect, test } from './fixtures.ts';
import { startServer } from './server.ts';

const thread = (page: Page, words: string | RegExp): Locator => page.getByTestId('thread').filter({ hasText: words });
const pins = (page: Page, figure: string): Locator => page.getByTestId(figure).getByTestId('pin');
const about = (page: Page): Locator => page.getByLabel('What the note is about');

async function openNotes(page: Page): Promise<void> {
  const button = page.getByTestId('notes-button');
  if ((await button.getAttribute('aria-expanded')) === 'false') await button.click();
}

/** Writes what is in the composer. */
async function pinNote(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill(text);
  await page.getByRole('button', { name: 'Pin note' }).click();
  await expect(thread(page, text)).toBeVisible();
}

/** A press on a feature's tip in the large figure, while a note is being written. */
async function pressFeature(page: Page, feature: number): Promise<void> {
  const tip = page.getByTestId('directions').locator(`[data-feature="${feature}"] circle`).last();
  const box = await tip.boundingBox();
  if (box === null) throw new Error('the feature is not drawn');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

async function train(page: Page): Promise<void> {
  await makeQuick(page);
  await page.getByTestId('strip-cell-2').click();
  await page.getByTestId('run-button').click();
  await expect.poll(() => represented(page), { timeout: 40_000 }).toBe(5);
  await expect(page.getByTestId('verdict')).toContainText(/found it/);
}

test('a note pinned to a feature is seen, answered, mentioned and found by its address; in the next run it finds its place', async ({
  arrive,
  browser,
  server,
}) => {
  test.setTimeout(120_000);
  const room = await openRoom(server.url);
  const [ada, emmy] = [await arrive(room, 'Ada'), await arrive(room, 'Emmy Noether')];
  await train(ada.page);

  await ada.page.keyboard.press('c');
  await pressFeature(ada.page, 2);
  await expect(about(ada.page)).toHaveValue('feature 2');
  // A press on a model, or beside a control, says that it is about that.
  await ada.page.getByTestId('strip-cell-1').click();
  await expect(about(ada.page)).toHaveValue('cell');
  await ada.page.getByRole('button', { name: 'Pin the note to Importance decay' }).click();
  await expect(about(ada.page)).toHaveValue('parameter importanceBase');
  await ada.page.getByTestId('strip-cell-2').click();
  await pressFeature(ada.page, 2);
  await expect(about(ada.page)).toHaveValue('feature 2');
  await ada.page.getByRole('textbox', { name: 'Note', exact: true }).fill('A corner of a pentagon, @Emmy Noether.');
  await ada.page.getByRole('button', { name: 'Pin note' }).click();
  await expect(pins(ada.page, 'directions')).toHaveText('1');

  // Told to whom it speaks, with the values as they stood.
  await emmy.page.getByTestId('strip-cell-2').click();
  await emmy.page.getByTestId('mentioned').click();
  const hers = thread(emmy.page, 'A corner of a pentagon');
  await expect(hers).toContainText('Feature 3');
  await expect(hers).toContainText(/‖W‖ 1\.\d/);
  await expect(pins(emmy.page, 'directions')).toHaveText('1');
  await hers.getByRole('button', { name: 'Reply' }).click();
  await hers.getByRole('textbox', { name: 'Reply' }).fill('And so are all five.');
  await hers.getByRole('button', { name: 'Reply' }).click();
  await expect(thread(ada.page, 'And so are all five.')).toBeVisible();
  await expect(hers.getByRole('button', { name: 'Edit' })).toHaveCount(1);

  // A week later, from another browser.
  const address = emmy.page.url();
  expect(address).toContain('?note=');
  const later = await visit(browser, address, 'Rosa');
  await expect(thread(later.page, 'A corner of a pentagon')).toHaveAttribute('data-selected', '');
  await expect(thread(later.page, 'A corner of a pentagon')).toContainText('Ada');
  await expect(pins(later.page, 'directions')).toHaveText('1');
  await later.context.close();

  // Another seed: the same feature by its importance.
  await ada.page.keyboard.press('Shift+R');
  await expect(thread(ada.page, 'A corner')).toContainText('found again in this run', { timeout: 40_000 });
  await expect(pins(ada.page, 'directions')).toHaveText('1');
});

test('what a run cannot place is unanchored, and is back with the experiment that has it', async ({
  arrive,
  server,
}) => {
  test.setTimeout(120_000);
  const { page } = await arrive(await openRoom(server.url), 'Ada');
  await train(page);
  await page.keyboard.press('c');
  await about(page).selectOption('feature 4');
  await pinNote(page, 'The fifth one.');
  const features = page.getByTestId('parameter-n').locator('input[type=number], input[inputmode]').first();
  await features.fill('4');
  await features.press('Enter');
  await page.getByTestId('run-button').click();
  await expect(page.getByTestId('unanchored')).toContainText('The fifth one.', { timeout: 40_000 });
  await expect(page.getByTestId('unanchored')).toContainText('No feature here has its importance.');
  await features.fill('5');
  await features.press('Enter');
  await page.getByTestId('run-button').click();
  await expect(page.getByTestId('unanchored')).toHaveCount(0, { timeout: 40_000 });
  await expect(thread(page, 'The fifth one.')).toBeVisible();
});

test('a viewer reads and cannot write, a commenter writes notes and nothing else', async ({
  browser,
  arrive,
  server,
}) => {
  const owner = await browser.newContext();
  const page = await owner.newPage();
  await page.goto(server.url);
  await page
    .getByRole('button', { name: /open a room/i })
    .first()
    .click();
  await join(page, 'Olga');
  const room = page.url();
  await page.keyboard.press('c');
  await pinNote(page, 'By the owner.');
  await page.getByRole('button', { name: 'Share' }).click();
  const role = page.getByLabel('Role of whoever opens the address');
  await role.selectOption('viewer');

  const bob = await arrive(room, 'Bob');
  await openNotes(bob.page);
  await expect(thread(bob.page, 'By the owner.')).toBeVisible();
  await expect(bob.page.getByTestId('new-note')).toHaveCount(0);
  await bob.page.keyboard.press('c');
  await expect(bob.page.getByTestId('composer')).toHaveCount(0);
  await bob.page.getByRole('button', { name: 'Minutes' }).click();
  await expect(bob.page.getByTestId('minutes')).toHaveCount(0);

  await role.selectOption('commenter');
  await expect(bob.page.getByTestId('minutes')).toBeVisible();
  await bob.page.getByTestId('minutes').fill('Minutes by Bob');
  await bob.page.getByRole('button', { name: 'Notes', exact: true }).click();
  await bob.page.keyboard.press('c');
  await pinNote(bob.page, 'By a commenter.');
  await expect(bob.page.getByTestId('status')).toContainText('Saved');
  await expect(bob.page.getByTestId('run-button')).toBeDisabled();
  // Another's is not his to change.
  await thread(bob.page, 'By the owner.').getByRole('button', { expanded: false }).click();
  await expect(thread(bob.page, 'By the owner.').getByRole('button', { name: 'Edit' })).toHaveCount(0);

  // The owner resolves and deletes what is another's.
  await page.keyboard.press('Escape');
  const his = thread(page, 'By a commenter.');
  await his.getByRole('button', { expanded: false }).click();
  await his.getByRole('button', { name: 'Resolve' }).click();
  await expect(bob.page.getByText('Resolved (1)')).toBeVisible();
  await page.getByText('Resolved (1)').click();
  await his.getByRole('button', { name: 'Delete' }).click();
  await his.getByRole('group', { name: 'Delete this?' }).getByRole('button', { name: 'Delete' }).click();
  await expect(bob.page.getByText('By a commenter.')).toHaveCount(0);
  await owner.close();
});

test('HTML in notes is text, mathematics is set, and KaTeX is fetched only then', async ({ arrive, server }) => {
  const room = await openRoom(server.url);
  const [ada, bob] = [await arrive(room, 'Ada'), await arrive(room, 'Bob')];
  const fetched: string[] = [];
  bob.page.on('response', (response) => {
    if (/katex/i.test(response.url())) fetched.push(response.url());
  });
  await ada.page.keyboard.press('c');
  const attack =
    'An <img src=x onerror="globalThis.hurt = 1"> and <script>globalThis.hurt = 1</script> [press](javascript:alert(1))';
  await pinNote(ada.page, attack);
  await openNotes(bob.page);
  const seen = thread(bob.page, 'An <img src=x');
  await expect(seen).toBeVisible();
  await expect(seen.locator('img, script')).toHaveCount(0);
  await expect(seen.locator('a[href^="javascript"]')).toHaveCount(0);
  expect(await bob.page.evaluate(() => 'hurt' in globalThis)).toBe(false);
  await expect(bob.page.locator('.katex')).toHaveCount(0);
  expect(fetched).toEqual([]);

  await ada.page.keyboard.press('c');
  await ada.page.getByRole('textbox', { name: 'Note', exact: true }).fill('It is $\\cos 72^\\circ$.');
  await ada.page.getByRole('button', { name: 'Pin note' }).click();
  await expect(bob.page.locator('.katex').first()).toBeVisible();
  await expect.poll(() => fetched.length).toBeGreaterThan(0);
});

test('the server is restarted in the middle: what was written meanwhile is there for all, and the minutes are one text', async ({
  browser,
}) => {
  test.setTimeout(150_000);
  const server = await startServer();
  const room = await openRoom(server.url);
  const people = await Promise.all(['Ada', 'Bob', 'Carol'].map((name) => visit(browser, room, name)));
  const [ada, bob, carol] = people.map(({ page }) => page) as [Page, Page, Page];
  try {
    await ada.keyboard.press('c');
    await pinNote(ada, 'Before the restart.');
    await openNotes(bob);
    await expect(thread(bob, 'Before the restart.')).toBeVisible();
    await expect(ada.getByTestId('status')).toContainText('Saved');

    const back = server.restart('SIGKILL');
    await expect(ada.getByTestId('status')).toContainText(/Reconnecting|Offline/);
    await ada.keyboard.press('c');
    await pinNote(ada, 'While it was away.');
    await expect(ada.getByTestId('status')).toContainText(/Offline, edits kept on this device \(\d+\)/);
    await bob.getByRole('button', { name: 'Minutes' }).click();
    await bob.getByTestId('minutes').fill('Bob was here. ');
    await back;

    await expect(ada.getByTestId('status')).toContainText('Saved', { timeout: 30_000 });
    await openNotes(carol);
    await expect(thread(carol, 'While it was away.')).toBeVisible({ timeout: 30_000 });
    await expect(thread(carol, 'Before the restart.')).toContainText('Ada');
    await ada.getByRole('button', { name: 'Minutes' }).click();
    await expect(ada.getByTestId('minutes')).toHaveValue('Bob was here. ', { timeout: 30_000 });
    await ada.getByTestId('minutes').press('End');
    await ada.getByTestId('minutes').pressSequentially('Ada, too.');
    await expect(bob.getByTestId('minutes')).toHaveValue('Bob was here. Ada, too.');
    await carol.reload();
    await openNotes(carol);
    await expect(carol.getByTestId('thread')).toHaveCount(2);
  } finally {
    await Promise.all(people.map(({ context }) => context.close()));
    await server.stop();
  }
});

test('with the keyboard alone: a feature, a note on it, an answer, and back; axe finds nothing serious', async ({
  arrive,
  server,
}) => {
  test.setTimeout(120_000);
  const room = await openRoom(server.url);
  const { page } = await arrive(room, 'Ada');
  const { page: other } = await arrive(room, 'Bob');
  await page.getByTestId('directions').locator('svg[tabindex="0"]').focus();
  for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('c');
  await expect(about(page)).toHaveValue('feature 2');
  // The words have the focus: what is typed is the note.
  await page.keyboard.type('Third by importance.');
  await page.keyboard.press('Control+Enter');
  await expect(thread(other, 'Third by importance.')).toHaveCount(0);
  await openNotes(other);
  await expect(thread(other, 'Third by importance.')).toContainText('Feature 3');

  await page.getByRole('button', { name: 'Reply' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('By oneself, too.');
  await page.keyboard.press('Control+Enter');
  await expect(thread(other, 'By oneself, too.')).toBeVisible();

  // Another subject, from the list.
  await page.getByTestId('new-note').focus();
  await page.keyboard.press('Enter');
  await about(page).focus();
  await page.keyboard.type('Learning');
  await expect(about(page)).toHaveValue('parameter learningRate');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Why this one?');
  await page.keyboard.press('Control+Enter');
  await expect(other.getByTestId('note-mark')).toHaveCount(1);

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const open of ['list', 'composer', 'minutes']) {
      if (open === 'composer') await page.getByTestId('new-note').click();
      if (open === 'minutes') await page.getByRole('button', { name: 'Minutes' }).click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    }
    await page.getByRole('button', { name: 'Notes', exact: true }).click();
    await page.getByRole('button', { name: 'Leave the note' }).click();
  }
  await page.keyboard.press('Escape');
});

test('beside a call Escape folds the rail wherever the focus is, after what lies before it and before what is behind it', async ({
  arrive,
  browser,
  server,
}) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  const context = await browser.newContext({ viewport: { width: 720, height: 900 } });
  const page = await context.newPage();
  await page.goto(room);
  await join(page, 'Bob');
  await ada.page.keyboard.press('s');
  await expect(page.getByTestId('lead')).toContainText('Ada leads');
  const rail = page.getByTestId('side-rail');
  const escape = (): Promise<void> => page.keyboard.press('Escape');

  // A menu, a field and a figure's own choice are left first.
  await openNotes(page);
  await page.getByTestId('devices-button').press('Enter');
  await expect(page.getByTestId('devices')).toBeVisible();
  await rail.getByRole('button', { name: 'Fold the rail' }).focus();
  await escape();
  await expect(page.getByTestId('devices')).toBeHidden();
  await expect(rail).toBeVisible();
  await page.keyboard.press('c');
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill('Never mind.');
  await escape();
  await expect(page.getByTestId('composer')).toHaveCount(0);
  const drawing = page.getByTestId('directions').locator('svg[tabindex="0"]');
  await drawing.focus();
  await page.keyboard.press('ArrowRight');
  await expect(drawing.locator('[data-active]').first()).toBeAttached();
  await escape();
  await expect(drawing.locator('[data-active]')).toHaveCount(0);
  await expect(rail).toBeVisible();

  // Then the rail, from the figures and from nowhere; only then whom one follows.
  await escape();
  await expect(rail).toHaveCount(0);
  await openNotes(page);
  await page.getByTestId('notes-button').blur();
  await escape();
  await expect(rail).toHaveCount(0);
  await expect(page.getByTestId('lead')).not.toContainText('you look by yourself');
  await escape();
  await expect(page.getByTestId('lead')).toContainText('you look by yourself');
  await context.close();
});
