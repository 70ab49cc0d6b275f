import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readRelease } from './release.ts';

/** A copy without history, as in a container's image. */
function copy(): string {
  const root = mkdtempSync(path.join(tmpdir(), 'polytope-release-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(path.join(root, 'package.json'), '{ "version": "1.2.3" }');
  return root;
}

test('a checkout tells its commit; a copy tells the one that its image was built with, or that nobody knows', () => {
  const root = copy();
  expect(readRelease(root)).toEqual({ version: '1.2.3', commit: 'unknown' });
  writeFileSync(path.join(root, '.commit'), '0123456789abcdef\n');
  expect(readRelease(root)).toEqual({ version: '1.2.3', commit: '0123456789ab' });
  expect(readRelease(fileURLToPath(new URL('..', import.meta.url))).commit).toMatch(/^([0-9a-f]{12}|unknown)$/);
});
