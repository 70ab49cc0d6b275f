import type { Locator, Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import { openRoom, setNumber } from './people.ts';

const field = (page: Page, parameter: string): Locator =>
  page.getByTestId(`parameter-${parameter}`).locator('input[type=number], input[inputmode]').first();

async function add(agenda: Locator, what = 'A copy of this one'): Promise<void> {
  await agenda.getByRole('button', { name: 'Add an experiment' }).click();
  await agenda.getByRole('button', { name: what }).click();
}

test('one adds, renames, moves and removes experiments, and the other sees the one chosen', async ({
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  const bob = await arrive(room, 'Bob');
  const hers = ada.page.getByRole('navigation', { name: /^Agenda/ });
  const his = bob.page.getByRole('navigation', { name: /^Agenda/ });

  await add(hers);
  await expect(his.getByRole('listitem')).toHaveCount(2);
  await hers.getByRole('button', { name: 'Rename this experiment' }).click();
  await hers.getByRole('textbox').fill('Dense features');
  await hers.getByRole('textbox').press('Enter');
  await expect(his.locator('[aria-current]')).toHaveText('2 Dense features');

  await his.getByRole('button', { name: 'Move earlier' }).click();
  await expect(hers.locator('[aria-current]')).toHaveText('1 Dense features');
  await his.getByRole('listitem').nth(1).getByRole('button').click();
  await expect(hers.getByRole('listitem').nth(1).locator('[aria-current]')).toBeVisible();
  await hers.getByRole('listitem').nth(0).getByRole('button').click();

  await hers.getByRole('button', { name: 'Remove this experiment' }).click();
  await expect(his.getByRole('listitem')).toHaveCount(1);
  await expect(hers.getByRole('status')).toContainText('“Dense features” was removed for everyone.');
  await hers.getByRole('button', { name: 'Undo' }).click();
  await expect(his.locator('[aria-current]')).toHaveText('1 Dense features');

  await add(hers, 'Twenty features, five dimensions');
  await expect(his.locator('[aria-current]')).toHaveText('3 Twenty features, five dimensions');
  await expect(bob.page.getByTestId('parameter-n').locator('input[type=range]')).toHaveAttribute(
    'aria-valuetext',
    '20',
  );

  // How it is trained is one press, for everyone.
  const way = (page: Page, name: string): Locator => page.getByTestId('training').getByLabel(name);
  await expect(way(bob.page, 'Quick')).toBeChecked();
  await bob.page.getByTestId('training').getByText('Notebook').click();
  await expect(way(ada.page, 'Notebook')).toBeChecked();
  await expect(field(ada.page, 'steps')).toHaveValue('10000');
});

test('the room’s title is changed where it stands, for everyone and in the recent rooms', async ({
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  const bob = await arrive(room, 'Bob');
  await ada.page.getByRole('heading', { level: 1 }).getByRole('button').click();
  await ada.page.getByRole('textbox', { name: 'Title of this room' }).fill('Thursday group');
  await ada.page.getByRole('textbox', { name: 'Title of this room' }).press('Enter');
  await expect(bob.page.getByRole('heading', { level: 1 })).toHaveText('Thursday group');
  await expect(ada.page.getByTestId('status')).toContainText('Saved');
  await ada.page.goto(server.url);
  await expect(ada.page.getByText('Thursday group')).toBeVisible();
});

test('a duplicate opens with the same experiments and nobody in it', async ({ arrive, server }) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  await arrive(room, 'Bob');
  const agenda = ada.page.getByRole('navigation', { name: /^Agenda/ });
  await add(agenda);
  await expect(agenda.getByRole('listitem')).toHaveCount(2);
  await expect(ada.page.getByTestId('status')).toContainText('Saved');
  await agenda.getByRole('button', { name: 'Duplicate this room, without its people' }).click();
  await expect(ada.page).not.toHaveURL(room);
  await expect(ada.page).toHaveURL(/\/rooms\/[\w-]{22}$/);
  await expect(ada.page.getByRole('listitem')).toHaveCount(2);
  await expect(ada.page.getByTestId('person').filter({ hasText: 'B' })).toHaveCount(0);
});

test('on a phone the chosen experiment and Undo are within reach', async ({ arrive, server }) => {
  const { page } = await arrive(await openRoom(server.url), 'Ada');
  await page.setViewportSize({ width: 390, height: 844 });
  const agenda = page.getByRole('navigation', { name: /^Agenda/ });
  for (const count of [2, 3, 4]) {
    await add(agenda);
    await expect(agenda.getByRole('listitem')).toHaveCount(count);
  }
  await expect(agenda.locator('[aria-current]')).toBeInViewport({ ratio: 0.5 });
  await agenda.getByRole('button', { name: 'Remove this experiment' }).click();
  await expect(agenda.getByRole('button', { name: 'Undo' })).toBeInViewport({ ratio: 1 });
});

test('a phase diagram: trained to its end on both screens, a coarser one after it, and a cell that is opened', async ({
  arrive,
  server,
}) => {
  test.setTimeout(120_000);
  const room = await openRoom(server.url);
  const [{ page: ada }, { page: bob }] = [await arrive(room, 'Ada'), await arrive(room, 'Bob')];
  const his = bob.getByRole('navigation', { name: /^Agenda/ });
  await add(ada.getByRole('navigation', { name: /^Agenda/ }), 'A phase change: two features, one dimension');
  await expect(his.locator('[aria-current]')).toContainText('A phase change');
  await expect(ada.getByTestId('cell-map')).toBeVisible();
  for (const [parameter, value] of [
    ['steps', '40'],
    ['batch', '64'],
    ['densities', '24'],
    ['relativeImportances', '24'],
  ] as const) {
    await setNumber(ada, parameter, value);
    await expect(field(bob, parameter)).toHaveValue(value);
  }
  await runMap([ada, bob], '576 of 576 cells');

  await ada.getByTestId('resolution').getByLabel('16 × 16').check();
  await expect(field(ada, 'densities')).toHaveValue('16');
  await runMap([ada, bob], '256 of 256 cells');

  // Whoever follows has the cell that is pressed, and a note is of it.
  await ada.keyboard.press('s');
  await expect(bob.getByTestId('lead')).toContainText('Ada leads');
  await ada.getByTestId('cells').click({ position: { x: 5, y: 5 } });
  const chosen = (page: Page): Locator => page.getByTestId('opened-cell').locator('> h2');
  for (const page of [ada, bob]) {
    await expect(chosen(page)).toHaveText(/^r = 0\.1\d*, p = 1/);
    await expect(page.getByTestId('opened-phase')).not.toContainText('so far');
    await expect(page.getByTestId('opened-phase')).not.toContainText('Not trained');
    await expect(page.getByTestId('opened-cell').getByTestId('directions')).toBeVisible();
  }
  await expect(bob.getByTestId('looker').first()).toBeVisible();
  await ada.keyboard.press('c');
  await ada.keyboard.type('Of this cell.');
  await ada.keyboard.press('Control+Enter');
  await expect(ada.getByTestId('thread')).toContainText('Of this cell.');
  await bob.keyboard.press('Escape');
  await expect(bob.getByTestId('lead')).toContainText('you look by yourself');
  // Its pin is on everyone's map, and brings one back to the cell.
  await bob.getByTestId('cells').click({ position: { x: 120, y: 120 } });
  await expect(chosen(bob)).not.toHaveText(/^r = 0\.1\d*, p = 1/);
  await bob.getByTestId('cell-map').getByTestId('pin').click();
  await expect(chosen(bob)).toHaveText(/^r = 0\.1\d*, p = 1/);
  await expect(bob.getByTestId('thread')).toContainText('The cell · r 0.1 · S 0');

  // The finer one beside it is walked by its own cells, two of which are like one of the coarser.
  await bob.getByTestId('runs-button').click();
  await bob
    .getByTestId('kept-run')
    .nth(1)
    .getByRole('button', { name: /Compare/ })
    .click();
  const sides = bob.getByTestId('compared');
  await expect(sides).toHaveCount(2);
  await sides.last().getByRole('application').focus();
  for (const r of ['0.122', '0.149', '0.182']) {
    await bob.keyboard.press('ArrowRight');
    await expect(sides.last()).toContainText(`r = ${r}, p = 1`);
  }
  await expect(sides.first()).toContainText('r = 0.185, p = 1');
  await bob.getByRole('button', { name: 'End comparing' }).click();
  await expect(bob.getByTestId('opened-cell')).toBeVisible();
});

/** The first begins it; it is over where everyone's map says that it has all its cells. */
async function runMap(pages: readonly Page[], all: string): Promise<void> {
  await pages[0]?.getByTestId('run-button').click();
  for (const page of pages) {
    await expect(page.getByTestId('map-progress')).toHaveText(all, { timeout: 60_000 });
    await expect(page.getByText('could not be drawn')).toHaveCount(0);
  }
}
