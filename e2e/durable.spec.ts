import type { Page } from 'playwright/test';
import { join, openRoom, visit } from './people.ts';
import { expect, test } from './fixtures.ts';
import { startServer } from './server.ts';

const slider = (page: Page, parameter: string): ReturnType<Page['locator']> =>
  page.getByTestId(`parameter-${parameter}`).locator('input[type=range]');
const shows = (page: Page, parameter: string, value: string): Promise<void> =>
  expect(slider(page, parameter)).toHaveAttribute('aria-valuetext', value);

test('undo and redo are of one’s own changes, whatever the other does', async ({ arrive, server }) => {
  const room = await openRoom(server.url);
  const [{ page: ada }, { page: bob }] = [await arrive(room, 'Ada'), await arrive(room, 'Bob')];
  const undo = ada.getByRole('button', { name: /^Undo/ });
  await expect(undo).toBeDisabled();
  await slider(ada, 'n').press('ArrowRight');
  await shows(bob, 'n', '6');
  await slider(bob, 'm').press('ArrowRight');
  await shows(ada, 'm', '3');
  await slider(ada, 'n').press('ArrowRight');
  await shows(bob, 'n', '7');

  await ada.keyboard.press('Control+z');
  await shows(bob, 'n', '6');
  await undo.click();
  await shows(bob, 'n', '5');
  await expect(undo).toBeDisabled();
  await shows(bob, 'm', '3');
  await ada.keyboard.press('Control+Shift+z');
  await shows(bob, 'n', '6');
});

test('what was written offline survives a reload, and is merged with what the other wrote', async ({
  browser,
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const bob = await arrive(room, 'Bob');
  const context = await browser.newContext();
  const ada = await context.newPage();
  const line = { up: true, cut: [] as (() => void)[] };
  await ada.routeWebSocket(/\/(docs|live)\//, (socket) => {
    const close = (): void => void socket.close();
    if (!line.up) {
      close();
      return;
    }
    line.cut.push(close);
    socket.connectToServer();
  });
  await ada.goto(room);
  await join(ada, 'Ada');
  await shows(ada, 'n', '5');
  await expect(ada.getByTestId('status')).toContainText('Live');

  line.up = false;
  for (const cut of line.cut) cut();
  await expect(ada.getByTestId('status')).toContainText(/Reconnecting|Offline/);
  await slider(ada, 'n').press('ArrowRight');
  await expect(ada.getByTestId('status')).toContainText(/Offline, edits kept on this device \(\d+\)/);
  await slider(bob.page, 'm').press('ArrowRight');
  await ada.reload();
  await expect(ada.getByTestId('status')).toContainText(/onnecting/);
  line.up = true;
  await shows(bob.page, 'n', '6');
  await shows(ada, 'm', '3');
  await shows(ada, 'n', '6');
  await context.close();
});

test('what was written offline to a document that has begun anew is offered as a file, also after a reload', async ({
  browser,
  arrive,
  server,
}) => {
  const room = await openRoom(server.url);
  const bob = await arrive(room, 'Bob');
  const context = await browser.newContext();
  const ada = await context.newPage();
  const line = { up: true, epoch: 1, cut: [] as (() => void)[] };
  await ada.routeWebSocket(/\/(docs|live)\//, (socket) => {
    const close = (): void => void socket.close();
    if (!line.up) {
      close();
      return;
    }
    line.cut.push(close);
    const upstream = socket.connectToServer();
    // What the server would say, had nobody been there for long enough.
    upstream.onMessage((message) => {
      socket.send(typeof message === 'string' ? message.replace('"epoch":1', `"epoch":${line.epoch}`) : message);
    });
  });
  await ada.goto(room);
  await join(ada, 'Ada');
  await shows(ada, 'n', '5');
  await expect(ada.getByTestId('status')).toContainText('Live');

  line.up = false;
  for (const cut of line.cut) cut();
  await slider(ada, 'n').press('ArrowRight');
  await expect(ada.getByTestId('status')).toContainText(/Offline, edits kept on this device \(\d+\)/);
  await ada.reload();
  line.epoch = 2;
  line.up = true;
  const offer = ada.getByTestId('left-behind');
  await expect(offer).toContainText('could not be merged');
  await shows(ada, 'n', '5');
  await shows(bob.page, 'n', '5');

  await ada.reload();
  const address = await offer.getByRole('link', { name: 'Download my edits' }).getAttribute('href');
  const { agenda } = JSON.parse(decodeURIComponent(address ?? '').replace(/^[^,]*,/, '')) as {
    agenda: { set: { n: number } }[];
  };
  expect(agenda[0]?.set.n).toBe(6);
  await offer.getByRole('button', { name: 'Dismiss' }).click();
  await ada.reload();
  await shows(ada, 'n', '5');
  await expect(offer).toHaveCount(0);
  await context.close();
});

test('while the server is away edits are kept and the way back is told; then they are saved and seen', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const server = await startServer();
  const room = await openRoom(server.url);
  const [ada, bob] = [await visit(browser, room, 'Ada'), await visit(browser, room, 'Bob')];
  try {
    const status = ada.page.getByTestId('status');
    const back = server.restart('SIGKILL');
    await expect(status).toContainText(/Reconnecting|Offline/);
    await slider(ada.page, 'n').press('ArrowRight');
    await expect(status).toContainText(/Offline, edits kept on this device \(\d+\)/);
    await back;
    await expect(status).toContainText('Saved', { timeout: 30_000 });
    await shows(bob.page, 'n', '6');
    await bob.page.reload();
    await shows(bob.page, 'n', '6');
  } finally {
    await Promise.all([ada, bob].map(({ context }) => context.close()));
    await server.stop();
  }
});
