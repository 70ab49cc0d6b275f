/** Which version of the program this is. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Release {
  readonly version: string;
  /** "unknown" where the program was copied without its history, and nobody has said. */
  readonly commit: string;
}

export const readRelease = (root: string): Release => ({ version: readVersion(root), commit: readCommit(root) });

function readVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function readCommit(root: string): string {
  try {
    const git = ['rev-parse', '--short=12', 'HEAD'];
    return execFileSync('git', git, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return writtenCommit(root);
  }
}

/** As the image of a container has it. */
function writtenCommit(root: string): string {
  try {
    return readFileSync(path.join(root, '.commit'), 'utf8').trim().slice(0, 12);
  } catch {
    return 'unknown';
  }
}
