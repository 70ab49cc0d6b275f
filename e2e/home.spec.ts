import { openRoom, represented } from './people.ts';
import { expect, test } from './fixtures.ts';

test('the home page forms the figure before the reader’s eyes, and opens a room', async ({ page, server }) => {
  await page.goto(server.url);
  await expect.poll(() => represented(page), { timeout: 20_000 }).toBe(5);
  await page.getByRole('button', { name: /open a room/i }).click();
  await expect(page).toHaveURL(/\/rooms\/[\w-]{22}$/);
  await expect(page.getByTestId('join-button')).toBeVisible();
});

test('a room that does not exist says so and offers a new one', async ({ page, server }) => {
  await page.goto(`${server.url}/rooms/AAAAAAAAAAAAAAAAAAAAAA`);
  await expect(page.getByText(/does not exist|no such room|no room/i)).toBeVisible();
  await page.getByRole('button', { name: /open a (new )?room/i }).click();
  await expect(page.getByTestId('join-button')).toBeVisible();
});

test('a room is visible at once behind the sheet, and may just be watched', async ({ page, server }) => {
  await page.goto(await openRoom(server.url));
  await expect(page.getByTestId('parameter-n')).toBeVisible();
  await expect(page.getByTestId('name')).not.toHaveValue('');
  await page.getByTestId('watch-button').click();
  await expect(page.getByTestId('status')).toContainText('View only');
  await expect(page.getByTestId('run-button')).toBeDisabled();
});

test('nothing is fetched from another host', async ({ page, server }) => {
  const foreign: string[] = [];
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http') && host !== new URL(server.url).host) foreign.push(request.url());
  });
  await page.goto(await openRoom(server.url));
  await expect(page.getByTestId('directions')).toBeVisible();
  expect(foreign).toEqual([]);
});

test('a stored theme is there before any script of the page has loaded', async ({ browser, server }) => {
  const context = await browser.newContext({ colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.route('**/_next/**/*.js*', (route) => route.abort());
  await page.reload({ waitUntil: 'domcontentloaded' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await context.close();
});

test('the footer says which version and commit this is', async ({ page, server }) => {
  const health = (await (await page.request.get(`${server.url}/api/health`)).json()) as Record<string, string>;
  await page.goto(server.url);
  await expect(page.locator('footer')).toContainText(`Polytope ${health['version']} · ${health['commit']}`);
});
