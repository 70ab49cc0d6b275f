import { expect, test } from 'playwright/test';
import { startServer } from './server.ts';

test('npm run dev serves pages as they are written, and tells them of changes', async ({ page }) => {
  test.setTimeout(180_000);
  const server = await startServer({ NODE_ENV: 'development' }, ['--dev']);
  try {
    const told = page.waitForEvent('websocket', {
      predicate: (socket) => new URL(socket.url()).pathname === '/_next/hmr',
      timeout: 120_000,
    });
    await page.goto(server.url, { timeout: 120_000 });
    const message = await (await told).waitForEvent('framereceived', { timeout: 60_000 });
    expect(message.payload.length).toBeGreaterThan(0);
    await expect(page.getByRole('button', { name: /open a room/i })).toBeVisible();
    expect((await page.goto(`${server.url}/nowhere`, { timeout: 120_000 }))?.status()).toBe(404);
  } finally {
    await server.stop();
  }
});
