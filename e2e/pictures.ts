/**
 * `npm run pictures [-- folder]`: the product as people see it, with two of them in a room. Without a folder it takes the README's
 * picture; with one, every state at four sizes, light and dark, to be looked at.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { launchOptions } from '../playwright.config.ts';
import { chromiumPath } from './chromium.ts';
import { openRoom, represented, visit } from './people.ts';
import { startServer } from './server.ts';

const README_PICTURES = 'e2e/pictures';
const SIZES = [
  [1440, 900],
  [1280, 720],
  [720, 900],
  [390, 844],
] as const;
const THEMES = ['light', 'dark'] as const;

/** The cell of p ≈ 0.1 among the introduction's ten. */
const PENTAGON_CELL = 7;

/** Trains the introduction in `page` and waits for the best replicas. */
async function train(page: Page): Promise<void> {
  await page.getByTestId(`strip-cell-${PENTAGON_CELL}`).click();
  await page.getByTestId('run-button').click();
  await page.getByTestId('verdict').filter({ hasText: 'found it' }).waitFor({ timeout: 180_000 });
  await page.waitForTimeout(5_000);
  if ((await represented(page)) !== 5) console.warn('The pentagon is not on the picture.');
}

async function readmePicture(browser: Browser, room: string): Promise<void> {
  const ada = await visit(browser, room, 'Ada Lovelace');
  await visit(browser, room, 'Emmy Noether');
  await train(ada.page);
  await ada.page.screenshot({ path: join(README_PICTURES, 'room.png') });
}

async function everyState(browser: Browser, url: string, room: string, folder: string): Promise<void> {
  const ada = await visit(browser, room, 'Ada Lovelace');
  await train(ada.page);
  for (const colorScheme of THEMES)
    for (const [width, height] of SIZES) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      const shoot = (name: string): Promise<Buffer> =>
        page.screenshot({ path: join(folder, `${name}-${width}x${height}-${colorScheme}.png`) });
      await page.goto(url);
      await page.waitForTimeout(6_000);
      await shoot('home');
      await page.goto(room);
      await page.getByTestId('join-button').waitFor();
      await page.waitForTimeout(1_500);
      await shoot('join');
      await page.getByTestId('join-button').click();
      await page.getByTestId(`strip-cell-${PENTAGON_CELL}`).click();
      await page.waitForTimeout(2_500);
      await shoot('room');
      await page.goto(`${url}/rooms/AAAAAAAAAAAAAAAAAAAAAA`);
      await page.waitForTimeout(1_000);
      await shoot('missing');
      await context.close();
    }
}

async function main(folder: string | undefined): Promise<void> {
  const server = await startServer();
  const browser = await chromium.launch({ ...launchOptions, executablePath: chromiumPath(process.env) });
  const room = await openRoom(server.url);
  await mkdir(folder ?? README_PICTURES, { recursive: true });
  try {
    if (folder === undefined) await readmePicture(browser, room);
    else await everyState(browser, server.url, room, folder);
  } finally {
    await browser.close();
    await server.stop();
  }
}

await main(process.argv[2]);
