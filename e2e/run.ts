/** `npm run e2e [-- playwright's own arguments]`: finds a browser, then hands over to Playwright's runner. */
import { spawnSync } from 'node:child_process';
import { chromiumPath, chromiumVersion } from './chromium.ts';

function main(): number {
  const path = chromiumPath(process.env);
  console.log(`End-to-end tests in ${chromiumVersion(path)}`);
  const runner = spawnSync('npx', ['playwright', 'test', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, CHROMIUM_PATH: path },
  });
  return runner.status ?? 1;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
