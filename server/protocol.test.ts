import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const rulesIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, rule]) => rule ?? '');

/** The rules that test titles of this folder cite. */
function citedUnder(folder: string): string[] {
  const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const titles = files
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => readFileSync(path.join(ROOT, folder, file), 'utf8').match(/test\(\s*['`].*/g) ?? []);
  return titles.flatMap((title) => rulesIn(title, /\b(P\d+)\b/g));
}

test('every rule of the protocol is cited by a test, and every citation is of a rule', () => {
  const rules = rulesIn(readFileSync(path.join(ROOT, 'lib/wire/PROTOCOL.md'), 'utf8'), /\*\*(P\d+)\*\*/g);
  const cited = new Set([...citedUnder('server'), ...citedUnder('lib')]);
  expect(rules.length).toBeGreaterThan(30);
  expect([...cited].sort()).toEqual([...new Set(rules)].sort());
});
