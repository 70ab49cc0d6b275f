import { chromium, type Browser, type Page } from 'playwright/test';
import { launchOptions } from '../playwright.config.ts';
import { expect, test } from './fixtures.ts';
import { join, openRoom, restingStep, setNumber } from './people.ts';

/** Chromium with a software adapter: no card, and the same shaders. */
const launchWithAdapter = (): Promise<Browser> =>
  chromium.launch({
    ...launchOptions,
    args: [
      ...launchOptions.args.filter((flag) => flag !== '--disable-gpu'),
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
    ],
  });

async function enter(page: Page, room: string): Promise<void> {
  await page.goto(room);
  await join(page, 'Ada');
}

test('a run is trained by WebGPU where a page takes the adapter there is, and by WebAssembly where that is software', async ({
  server,
}) => {
  test.setTimeout(120_000);
  const browser = await launchWithAdapter();
  const room = await openRoom(server.url);
  const words = (page: Page) => page.getByTestId('run-words');

  const choosy = await browser.newPage();
  await enter(choosy, room);
  await setNumber(choosy, 'densities', '2');
  await setNumber(choosy, 'replicas', '2');
  await setNumber(choosy, 'batch', '64');
  await setNumber(choosy, 'steps', '40');
  await choosy.getByTestId('run-button').click();
  await expect(words(choosy)).toContainText('fused-wasm');
  expect(await restingStep(choosy)).toBe(40);
  await choosy.close();

  const page = await browser.newPage();
  await page.addInitScript(() => Object.assign(globalThis, { polytopeTakesAnyAdapter: true }));
  await enter(page, room);
  await expect(page.getByTestId('device')).toContainText('· WebGPU', { timeout: 60_000 });
  await page.getByTestId('run-button').click();
  await expect(words(page)).toContainText('fused-webgpu', { timeout: 30_000 });
  expect(await restingStep(page)).toBe(40);
  await expect(page.getByTestId('verdict')).toContainText('of 2');
  await browser.close();
});
