import AxeBuilder from '@axe-core/playwright';
import { represented } from './people.ts';
import { expect, test } from './fixtures.ts';

for (const [where, width, height, colorScheme] of [
  ['at a desk, light', 1440, 900, 'light'],
  ['on a phone, dark', 390, 844, 'dark'],
] as const)
  test(`every claim is on the ledger page with its figure, which anyone can read: ${where}`, async ({
    browser,
    server,
  }) => {
    // Forty figures are a lot to look through.
    test.slow();
    // axe needs a context that it may open pages in.
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    await page.goto(`${server.url}/claims`);
    await expect(page.getByTestId('claim').filter({ hasText: 'as a pentagon' })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${String(nodes[0]?.html)}`)).toEqual([]);
    await context.close();
  });

test('a claim is seen to happen: its experiment opens alone with its parameters, and trains', async ({
  page,
  server,
}) => {
  await page.goto(server.url);
  await page.getByRole('link', { name: 'What holds' }).click();
  await page
    .getByTestId('claim')
    .filter({ hasText: 'as a pentagon' })
    .getByRole('link', { name: 'See it happen' })
    .click();
  await expect(page).toHaveURL(/\/solo\/introduction\?/);
  await expect.poll(() => represented(page), { timeout: 40_000 }).toBe(5);
  await expect(page.getByTestId('verdict')).toContainText('found it', { timeout: 40_000 });
  await expect(page.getByTestId('strip').getByRole('radio')).toHaveCount(1);
});

test('an exact claim is computed before the reader: its curve, then its numbers', async ({ page, server }) => {
  await page.goto(`${server.url}/claims`);
  const claim = page.getByTestId('claim').filter({ hasText: 'better than two digons below density .225' });
  await expect(claim.getByTestId('curves').locator('.recharts-line-curve')).toBeAttached();
  await claim.getByRole('button', { name: 'See it happen' }).click();
  await expect(claim.getByTestId('held')).toContainText('every quantity is where it is expected', { timeout: 60_000 });
  await expect(claim.getByTestId('curves').locator('figcaption')).toContainText('The line is at 0.225');
});
