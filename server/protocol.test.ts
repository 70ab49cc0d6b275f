import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const rulesIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, rule]) => rule ?? '');

/** The titles of all tests of this folder. */
function titlesUnder(folder: string): string[] {
  const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => readFileSync(path.join(ROOT, folder, file), 'utf8').match(/test\(\s*['`].*/g) ?? []);
}

test.each([
  ['protocol', 'lib/wire/PROTOCOL.md', 'P', 60],
  ['threat model', 'server/rooms/SECURITY.md', 'S', 17],
] as const)(
  'every rule of the %s is cited by a test, and every citation is of a rule',
  (_, document, letter, least) => {
    const rules = rulesIn(
      readFileSync(path.join(ROOT, document), 'utf8'),
      new RegExp(`\\*\\*(${letter}\\d+)\\*\\*`, 'g'),
    );
    const titles = [...titlesUnder('server'), ...titlesUnder('lib')];
    const cited = new Set(titles.flatMap((title) => rulesIn(title, new RegExp(`\\b(${letter}\\d+)\\b`, 'g'))));
    expect(rules.length).toBeGreaterThanOrEqual(least);
    expect(rules, 'a number is given once').toEqual([...new Set(rules)]);
    expect([...cited].sort()).toEqual([...rules].sort());
  },
);
