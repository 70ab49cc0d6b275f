/** Finds a Chromium for the tests, or installs one: Debian's package as root, Playwright's own otherwise. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Path of a Chromium's executable. Throws one clear sentence where none can be had. */
export function chromiumPath(environment: NodeJS.ProcessEnv): string {
  return environment['CHROMIUM_PATH'] ?? installed(environment) ?? install(environment) ?? fail();
}

function installed(environment: NodeJS.ProcessEnv): string | undefined {
  const folders = (environment['PATH'] ?? '').split(delimiter);
  const onPath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...onPath, chromium.executablePath()].find((path) => existsSync(path));
}

function install(environment: NodeJS.ProcessEnv): string | undefined {
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    process.stderr.write('No Chromium found: installing the Debian package.\n');
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-q', '-y', 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  if (installed(environment) === undefined) {
    process.stderr.write('No Chromium found: asking Playwright for its own.\n');
    spawnSync('npx', ['playwright', 'install', 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return installed(environment);
}

function fail(): never {
  throw new Error(
    'No Chromium was found and none could be installed. Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH to an executable, then run the tests again.',
  );
}

/** Version in words, and a proof that it starts. */
export const chromiumVersion = (path: string): string =>
  execFileSync(path, ['--version', '--no-sandbox'], { encoding: 'utf8' }).trim();
