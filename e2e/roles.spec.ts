import type { Page } from 'playwright/test';
import { LIMITS } from '#lib/wire/limits';
import { attend } from './crowd.ts';
import { expectJoined, join, makeQuick, openRoom, visit, type Visitor } from './people.ts';
import { expect, test } from './fixtures.ts';

/** Opens a room as a newcomer does, and joins it as its owner. */
async function own(page: Page, url: string, name: string): Promise<string> {
  await page.goto(url);
  await page
    .getByRole('button', { name: /open a room/i })
    .first()
    .click();
  await join(page, name);
  return page.url();
}

const share = (page: Page): Promise<void> => page.getByRole('button', { name: 'Share' }).click();
const sheet = (page: Page): ReturnType<Page['getByLabel']> => page.getByLabel('Share this room');
const mayRun = ({ page }: Visitor): Promise<void> => expect(page.getByTestId('run-button')).toBeEnabled();
const mayNot = async ({ page }: Visitor): Promise<void> => {
  await expect(page.getByTestId('run-button')).toBeDisabled();
  await expect(page.getByTestId('status')).toContainText('View only');
};

test('an owner decides who may change and run: by default, by invitation, in place, and back', async ({
  page,
  browser,
  arrive,
  server,
}) => {
  const room = await own(page, server.url, 'Olga');
  await share(page);
  await sheet(page).getByLabel('Role of whoever opens the address').selectOption('viewer');
  const bob = await arrive(room, 'Bob');
  await mayNot(bob);

  await sheet(page).getByLabel('Role of the new invitation').selectOption('editor');
  await sheet(page).getByRole('button', { name: 'Make an invitation' }).click();
  const link = await sheet(page).getByLabel('Invitation', { exact: true }).inputValue();
  const carol = await visit(browser, link, 'Carol');
  await mayRun(carol);
  expect(carol.page.url()).toBe(room);
  await carol.page.reload();
  await mayRun(carol);

  await sheet(page).getByLabel('Role of Bob').selectOption('editor');
  await mayRun(bob);
  await sheet(page).getByRole('button', { name: 'As their link says' }).click();
  await mayNot(bob);
  await sheet(page).getByRole('button', { name: 'Revoke' }).click();
  await mayNot(carol);
  await carol.context.close();
});

test('the recovery link makes an owner in another browser, who may delete the room for everyone', async ({
  page,
  browser,
  arrive,
  server,
}) => {
  const room = await own(page, server.url, 'Olga');
  const bob = await arrive(room, 'Bob');
  await share(page);
  await sheet(page).getByRole('button', { name: 'Show the recovery link' }).click();
  const link = await sheet(page).getByLabel('Recovery link').inputValue();
  const elsewhere = await visit(browser, link, 'Xenia');
  await share(elsewhere.page);
  await sheet(elsewhere.page).getByRole('button', { name: 'Delete this room…' }).click();
  const confirm = sheet(elsewhere.page).getByRole('button', { name: 'Delete for everyone' });
  await expect(confirm).toBeDisabled();
  const title = (await elsewhere.page.getByRole('heading', { level: 1 }).textContent()) ?? '';
  await sheet(elsewhere.page)
    .getByLabel(/Type its title/)
    .fill(title);
  await confirm.click();
  for (const left of [bob.page, page])
    await expect(left.getByRole('heading', { name: 'This room does not exist.' })).toBeVisible();
  await bob.page.reload();
  await expect(bob.page.getByRole('heading', { name: 'This room does not exist.' })).toBeVisible();
  await elsewhere.context.close();
});

test('edits that come after a role has changed are refused, told, taken back on the screen, and offered as a file', async ({
  page,
  browser,
  server,
}) => {
  const room = await own(page, server.url, 'Olga');
  const context = await browser.newContext();
  const late = await context.newPage();
  let held = false;
  await late.routeWebSocket(/\/docs\//, (socket) => {
    const onward = socket.connectToServer();
    socket.onMessage((message) => {
      if (!held) onward.send(message);
    });
  });
  await late.goto(room);
  await join(late, 'Bob');
  const features = late.getByTestId('parameter-n').locator('input[type=range]');
  // One that arrives shows that the document is joined: one held back before that would go out with the joining.
  await features.press('ArrowRight');
  await expect(late.getByTestId('status')).toContainText('Saved');
  await expect(page.getByTestId('parameter-n').locator('input[type=range]')).toHaveAttribute('aria-valuetext', '6');
  held = true;
  await features.press('ArrowRight');
  await expect(features).toHaveAttribute('aria-valuetext', '7');
  await expect(late.getByTestId('status')).toContainText('Saving…');
  held = false;

  await share(page);
  await sheet(page).getByLabel('Role of whoever opens the address').selectOption('viewer');
  await expect(late.getByText(/Your role has changed/)).toBeVisible();
  const edits = await late.getByRole('link', { name: 'Download my edits' }).getAttribute('href');
  expect(decodeURIComponent(edits ?? '')).toContain('"n": 7');
  await expect(late.getByTestId('parameter-n').locator('input[type=range]')).toHaveAttribute('aria-valuetext', '6');
  await expect(late.getByTestId('status')).toContainText('View only');
  await context.close();
});

test('whoever only has the address is told what it gives', async ({ arrive, server }) => {
  const { page } = await arrive(await openRoom(server.url), 'Ada');
  await share(page);
  await expect(sheet(page)).toContainText('Whoever opens it may change and run the experiment.');
  await expect(sheet(page).getByRole('button', { name: /delete/i })).toHaveCount(0);
});

test('a full room says so, and offers watching: who watches sees all that happens', async ({
  arrive,
  browser,
  server,
}) => {
  const room = await openRoom(server.url);
  const ada = await arrive(room, 'Ada');
  const crowd = await Promise.all(
    Array.from({ length: LIMITS.seats - 1 }, (_, k) => attend(room, `Person ${String(k)}`)),
  );
  const context = await browser.newContext();
  const late = await context.newPage();
  await late.goto(room);
  await expect(late.getByRole('dialog')).toContainText('Every seat is taken');
  await expect(late.getByTestId('join-button')).toHaveCount(0);
  await late.getByTestId('watch-button').click();
  await expectJoined(late);
  await expect(late.getByTestId('run-button')).toBeDisabled();
  await makeQuick(ada.page);
  await ada.page.getByTestId('run-button').click();
  await expect(late.getByTestId('verdict')).toContainText(/of 8 found it/);
  // A place that is given up is there for the next.
  crowd[0]?.close();
  const other = await browser.newContext();
  const next = await other.newPage();
  await next.goto(room);
  await next.getByTestId('join-button').click();
  await expectJoined(next);
  await expect(next.getByTestId('run-button')).toBeEnabled();
  for (const socket of crowd) socket.close();
  await Promise.all([context.close(), other.close()]);
});
