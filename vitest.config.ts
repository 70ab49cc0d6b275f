import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A graphics card in software, which comes with Chromium: Dawn finds it where libvulkan1 is installed, too. */
const SOFTWARE_CARD = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Modules are loaded as the server loads them: through tsx, by Node. Vite's own way looks an import up at each use, with which
 * numbers take twice as long. It is left to what only bundlers can load: style sheets, and TensorFlow's parts one by one.
 */
const BY_NODE = { execArgv: ['--import', 'tsx'], experimental: { viteModuleRunner: false, nodeLoader: false } };

/**
 * Where Node itself is put to use: its WebAssembly, numbers, sockets, files, threads and processes, and what is compiled for it. These
 * alone are run again on other Nodes, `check:nodes`: mathematics and pages are the same on each.
 */
const ON_NODE = ['server/**/*.test.ts', 'lib/{base,engine,runs}/**/*.test.ts'];
/** TensorFlow in JavaScript, as pages have it. */
const ON_TFJS = ['lib/engine/tfjs/**/*.test.ts'];
/** They try again and again, or for half a minute, what others hold once; how often is a question to the server, not to Node. */
const TRIALS = ['server/trials/*.test.ts'];

/** What takes long begins first, so that no core waits for it in the end. */
const LONG = /\/(server\/(trials|compute|commands)|lib\/engine\/fused\/memory)/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [true, false].flatMap((isLong) => sorted.filter(({ moduleId }) => LONG.test(moduleId) === isLong));
  }
}

export default defineConfig({
  test: {
    testTimeout: 30_000,
    env: existsSync(SOFTWARE_CARD) ? { VK_ICD_FILENAMES: SOFTWARE_CARD } : {},
    // Two cores: the suites with a server and worker threads must not starve each other.
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    projects: [
      { extends: true, test: { name: 'node', include: ON_NODE, exclude: [...ON_TFJS, ...TRIALS], ...BY_NODE } },
      { extends: true, test: { name: 'trials', include: TRIALS, ...BY_NODE } },
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
