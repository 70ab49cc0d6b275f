import AxeBuilder from '@axe-core/playwright';
import { represented } from './people.ts';
import { expect, test } from './fixtures.ts';

test('every claim is on the ledger page, which anyone can read: at a desk, on a phone, light and dark', async ({
  browser,
  server,
}) => {
  for (const [width, height, colorScheme] of [
    [1440, 900, 'light'],
    [390, 844, 'dark'],
  ] as const) {
    // axe needs a context that it may open pages in.
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    await page.goto(`${server.url}/claims`);
    await expect(page.getByTestId('claim').filter({ hasText: 'as a pentagon' })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${String(nodes[0]?.html)}`)).toEqual([]);
    await context.close();
  }
});

test('a claim is seen to happen: its room opens with its parameters, and trains', async ({ page, server }) => {
  await page.goto(server.url);
  await page.getByRole('link', { name: 'What holds' }).click();
  await page
    .getByTestId('claim')
    .filter({ hasText: 'as a pentagon' })
    .getByRole('button', { name: 'See it happen' })
    .click();
  await page.getByTestId('join-button').click();
  await expect(page).toHaveURL(/\/rooms\/[\w-]{22}$/);
  await expect.poll(() => represented(page), { timeout: 40_000 }).toBe(5);
  await expect(page.getByTestId('verdict')).toContainText('found it', { timeout: 40_000 });
  await expect(page.getByTestId('strip').getByRole('radio')).toHaveCount(1);
});
