import { defineConfig } from 'playwright/test';

/** Without a screen; `GRAPHICS=card` draws and computes on the machine's graphics card, for measuring. */
const GRAPHICS =
  process.env['GRAPHICS'] === 'card'
    ? [
        '--enable-unsafe-webgpu',
        '--ignore-gpu-blocklist',
        '--use-angle=vulkan',
        '--enable-features=Vulkan',
        '--disable-vulkan-surface',
      ]
    : ['--disable-gpu'];

/** No sandbox in a container; the rest keeps Chromium from calling home on a closed network. */
export const launchOptions = {
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    ...GRAPHICS,
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  // Two at a time take half as long, and two cores leave both waiting: of 75 tests two passed only the second time.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // On a busy machine a page may come late; what passes only the second time is printed as flaky, to be mended.
  retries: 1,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    // A trace films every page, on the two cores that train: it would slow down what is looked at.
    screenshot: 'only-on-failure',
    launchOptions,
  },
});
