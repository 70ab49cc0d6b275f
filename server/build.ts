/** Builds the pages when there is no build, or when what they are made of has changed since. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { CannotStart } from './config.ts';

/** What a page is made of. */
const SOURCES = ['app', 'lib', 'public', 'next.config.ts', 'package-lock.json'];

export async function buildIfStale(root: string, say: (line: string) => void): Promise<void> {
  const wanted = stampOf(root);
  if (builtStamp(root) === wanted) return;
  say('Building the pages. This takes about a minute, once.');
  await build(root);
  writeFileSync(stampFile(root), wanted);
}

const stampFile = (root: string): string => path.join(root, '.next', 'polytope-stamp');

/** Next writes BUILD_ID last: without it a build was cut short. */
function builtStamp(root: string): string | undefined {
  const complete = existsSync(path.join(root, '.next', 'BUILD_ID')) && existsSync(stampFile(root));
  return complete ? readFileSync(stampFile(root), 'utf8') : undefined;
}

/** SHA-256 over the sources' names and contents: a few megabytes, some ten milliseconds; times of change differ after a clone. */
function stampOf(root: string): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesUnder(root, source)).sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function filesUnder(root: string, source: string): readonly string[] {
  const place = path.join(root, source);
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [source];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

async function build(root: string): Promise<void> {
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  const child = spawn(process.execPath, [next, 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new CannotStart('The pages could not be built: the lines above say why.');
}
