import AxeBuilder from '@axe-core/playwright';
import { arrows, openRoom } from './people.ts';
import { expect, test } from './fixtures.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no serious accessibility findings on any route, ${colorScheme}`, async ({ browser, server }) => {
    const room = await openRoom(server.url);
    // A name that is fading in has too little contrast for as long as that takes.
    const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    for (const url of [server.url, room, `${server.url}/rooms/AAAAAAAAAAAAAAAAAAAAAA`, `${server.url}/nowhere`]) {
      await page.goto(url);
      await page.waitForTimeout(1_500);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(
        serious.map(({ id, nodes }) => `${url}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
      ).toEqual([]);
    }
    await context.close();
  });
}

test('a run can be started, paused and stepped from the keyboard alone', async ({ arrive, server }) => {
  const { page } = await arrive(await openRoom(server.url), 'Ada');
  await page.keyboard.press('.');
  await expect(page.getByTestId('step-label')).toContainText('1');
  expect(await arrows(page)).toHaveLength(5);
  await page.keyboard.press('Space');
  await expect(page.getByTestId('pause-button')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByTestId('run-button')).toBeVisible();
});
