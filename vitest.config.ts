import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** A graphics card in software, which comes with Chromium: Dawn finds it where libvulkan1 is installed, too. */
const SOFTWARE_CARD = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Modules are loaded as the server loads them: through tsx, by Node. Vite's own way looks an import up at each use, with which
 * numbers take twice as long. It is left to what only bundlers can load: style sheets, and TensorFlow's parts one by one.
 */
const BY_NODE = { execArgv: ['--import', 'tsx'], experimental: { viteModuleRunner: false, nodeLoader: false } };

/** Where Node itself is put to use: its WebAssembly, numbers, sockets, files, threads and processes, and what is compiled for it. */
const ON_NODE = ['server/**/*.test.ts', 'lib/{base,engine,runs}/**/*.test.ts'];
const ON_TFJS = ['lib/engine/tfjs/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    env: existsSync(SOFTWARE_CARD) ? { VK_ICD_FILENAMES: SOFTWARE_CARD } : {},
    // Two cores: the suites with a server and worker threads must not starve each other.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'node', include: ON_NODE, exclude: ON_TFJS, ...BY_NODE } },
      { extends: true, test: { name: 'tfjs', include: ON_TFJS } },
      // Nothing of the others outlives a test: they need no process each.
      {
        extends: true,
        test: {
          name: 'lib',
          include: ['lib/**/*.test.ts', 'e2e/*.test.ts'],
          exclude: ON_NODE,
          isolate: false,
          ...BY_NODE,
        },
      },
      { extends: true, test: { name: 'app', include: ['app/**/*.test.{ts,tsx}'], isolate: false } },
    ],
  },
});
