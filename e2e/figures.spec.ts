import { readFileSync } from 'node:fs';
import type { Download, Locator, Page } from 'playwright/test';
import { compare, differences } from './figure-files.ts';
import { expect, test } from './fixtures.ts';

const FIGURES = ['directions', 'gram', 'norms', 'loss', 'anatomy'] as const;

/** One of each on the page. */
const WIDE: readonly string[] = ['strip', 'columns', 'curves', 'intervals'];

const figureOf = (page: Page, name: string): Locator =>
  WIDE.includes(name) ? page.getByTestId(name) : page.getByTestId('row-360').getByTestId(name);

async function save(page: Page, name: string, format: string): Promise<Download> {
  const figure = figureOf(page, name);
  await figure.getByRole('button', { name: 'Save the figure' }).click();
  const download = page.waitForEvent('download');
  await figure.getByRole('menuitem', { name: format }).click();
  return download;
}

async function gallery(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/gallery`);
  // The server draws no loss: once it is there the page has come to life, and its buttons answer.
  await expect(figureOf(page, 'loss').locator('[data-part="drawing"] path').first()).toBeAttached();
}

test('every figure looks as it did, to a tenth of a pixel', async ({ page, server }) => {
  // A drawing saved in the middle of a transition would be of neither end.
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await gallery(page, server.url);
  for (const name of [...FIGURES, ...WIDE])
    expect(differences(name, readFileSync(await (await save(page, name, 'SVG')).path(), 'utf8')), name).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  for (const name of ['gram', 'norms', 'directions', 'columns'])
    expect(
      differences(`${name}-dark`, readFileSync(await (await save(page, name, 'SVG')).path(), 'utf8')),
      `${name} on dark`,
    ).toEqual([]);
});

test('a mark that moves by a pixel, changes its colour or goes is a difference', () => {
  const kept = ['<circle cx="10.5" cy="3" r="2" fill="#20a0ff"/>', '</g>'];
  const changed = (line: string): number => compare(kept, [line, '</g>']).length;
  expect(changed('<circle cx="10.55" cy="3" r="2" fill="#20a1ff"/>')).toBe(0);
  expect(changed('<circle cx="11.5" cy="3" r="2" fill="#20a0ff"/>')).toBe(1);
  expect(changed('<circle cx="10.5" cy="3" r="2" fill="#20a4ff"/>')).toBe(1);
  expect(changed('<circle cx="10.5" cy="3" r="2" stroke="#20a0ff"/>')).toBe(1);
  expect(compare(kept, ['</g>'])).not.toEqual([]);
  const word = (x: number, text: string): string => `<text x="${x}" y="3">${text}</text>`;
  expect(compare([word(340.69, 'ten')], [word(340.65, 'ten')])).toEqual([]);
  expect(compare([word(340.69, 'ten')], [word(335.42, 'ten')])).toHaveLength(1);
  expect(compare([word(340.69, 'ten')], [word(340.69, 'two')])).toHaveLength(1);
});

test('a figure is saved as a picture, as a drawing that stands by itself, and as its numbers', async ({
  page,
  server,
}) => {
  await gallery(page, server.url);
  const png = readFileSync(await (await save(page, 'directions', 'PNG')).path());
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBeGreaterThan(3 * 360);
  const svg = readFileSync(await (await save(page, 'directions', 'SVG')).path(), 'utf8');
  expect(svg).not.toMatch(/var\(|class=|color-mix|oklab/);
  const csv = readFileSync(await (await save(page, 'directions', 'CSV')).path(), 'utf8').split('\r\n');
  expect(csv[0]).toBe('feature,x,y,‖W‖');
  expect(csv).toHaveLength(7);
});

test('a figure is a table of the same data, and goes under the keyboard', async ({ page, server }) => {
  await gallery(page, server.url);
  const norms = figureOf(page, 'norms');
  await norms.getByRole('button', { name: 'Show the data as a table' }).click();
  await expect(norms.getByRole('row')).toHaveCount(6);
  for (const [name, keys, words] of [
    ['directions', ['ArrowRight', 'ArrowRight'], /^Feature 2: length 1\.10/],
    ['gram', ['ArrowDown', 'ArrowRight', 'ArrowRight'], /^W1 · W2 = /],
    ['loss', ['End'], /^Step 10,000: loss/],
    ['anatomy', ['ArrowDown'], /^Feature 1: own error/],
    ['curves', ['ArrowRight', 'ArrowRight'], /^density p 0\.11: pentagon 0\./],
    ['intervals', ['ArrowDown', 'ArrowDown'], /^their angle: 89\.9 to 92\.5°, expected 88 to 92°\.$/],
  ] as const) {
    const figure = figureOf(page, name);
    await figure.getByRole('application').focus();
    for (const key of keys) await page.keyboard.press(key);
    await expect(figure.locator('[aria-live]'), name).toHaveText(words);
    await page.keyboard.press('Escape');
  }
});

test('columns stand beside the best linear model, count what is stored, and go under the keyboard', async ({
  page,
  server,
}) => {
  await gallery(page, server.url);
  const columns = page.getByTestId('columns');
  await expect(columns.getByTestId('linear-column')).toContainText('2 stored, 2 alone');
  await expect(columns.getByTestId('column-0')).toContainText('2 stored, 2 alone');
  await expect(columns.getByTestId('column-0')).toContainText('0.5');
  await columns.getByTestId('column-7').focus();
  await page.keyboard.press('End');
  await expect(columns.locator('[aria-live]')).toHaveText('S = 0.95: 5 of 5 represented, 0 of them undisturbed.');
  await columns.getByRole('button', { name: 'Show the data as a table' }).click();
  await expect(columns.getByRole('row')).toHaveCount(12);
});

test('a feature moved by hand shows what moves, and goes back', async ({ page, server }) => {
  await page.goto(`${server.url}/gallery/room?scene=finished`);
  await expect(page.getByTestId('shape')).toContainText('pentagon', { timeout: 20_000 });
  await page.getByTestId('directions').getByRole('application').focus();
  await page.keyboard.press('ArrowRight');
  for (let k = 0; k < 12; k++) await page.keyboard.press('Shift+ArrowRight');
  await expect(page.getByTestId('anatomy').locator('figcaption')).toContainText(/\(\+\d+%\)/);
  await page.getByRole('button', { name: 'Back to the trained weights' }).click();
  await expect(page.getByTestId('anatomy').locator('figcaption')).not.toContainText('%');
});
