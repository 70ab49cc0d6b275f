import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{lib,app,server}/**/*.test.{ts,tsx}', 'e2e/*.test.ts'],
    testTimeout: 30_000,
    // Two cores: the suites with a server and worker threads must not starve each other.
    maxWorkers: 2,
  },
});
