import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** A graphics card in software, which comes with Chromium: Dawn finds it where libvulkan1 is installed, too. */
const SOFTWARE_CARD = '/usr/lib/chromium/vk_swiftshader_icd.json';

export default defineConfig({
  test: {
    include: ['{lib,app,server}/**/*.test.{ts,tsx}', 'e2e/*.test.ts'],
    testTimeout: 30_000,
    env: existsSync(SOFTWARE_CARD) ? { VK_ICD_FILENAMES: SOFTWARE_CARD } : {},
    // Two cores: the suites with a server and worker threads must not starve each other.
    maxWorkers: 2,
  },
});
