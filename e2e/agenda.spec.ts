import type { Locator, Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import { openRoom } from './people.ts';

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
