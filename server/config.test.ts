import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CannotStart, readConfig } from './config.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'polytope-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const DATA_DIR = path.join(folder, 'data');

test('defaults are those of the README', () => {
  expect(readConfig({ DATA_DIR })).toMatchObject({
    port: 3000,
    host: '0.0.0.0',
    publicOrigins: [],
    logLevel: 'info',
    trustProxy: false,
    engine: 'auto',
  });
});

test('everything may be set', () => {
  const PUBLIC_ORIGIN = 'https://lab.example.org, http://localhost:8080/';
  const environment = {
    DATA_DIR,
    PORT: '0',
    HOST: '::1',
    PUBLIC_ORIGIN,
    LOG_LEVEL: 'warn',
    TRUST_PROXY: '1',
    ENGINE: 'processors',
  };
  expect(readConfig(environment)).toMatchObject({
    port: 0,
    host: '::1',
    publicOrigins: ['https://lab.example.org', 'http://localhost:8080'],
    logLevel: 'warn',
    trustProxy: true,
    engine: 'processors',
  });
});

for (const [name, value] of [
  ['PORT', '70000'],
  ['PORT', 'http'],
  ['PUBLIC_ORIGIN', 'lab.example.org'],
  ['PUBLIC_ORIGIN', 'https://lab.example.org/rooms'],
  ['LOG_LEVEL', 'loud'],
  ['TRUST_PROXY', 'perhaps'],
  ['ENGINE', 'steam'],
] as const)
  test(`${name}=${value} is refused in one sentence that names it`, () => {
    const read = (): unknown => readConfig({ DATA_DIR, [name]: value });
    expect(read).toThrow(CannotStart);
    expect(read).toThrow(new RegExp(`^${name} [^\\n]*${value}[^\\n]*\\.$`));
  });

test('the secret is made once, for its owner’s eyes only', () => {
  const file = path.join(DATA_DIR, 'secret');
  const first = readConfig({ DATA_DIR }).secret;
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readConfig({ DATA_DIR }).secret).toEqual(first);
  expect(first).toHaveLength(32);
});

test('a damaged secret is refused and left as it is', () => {
  const damaged = mkdtempSync(path.join(folder, 'damaged-'));
  writeFileSync(path.join(damaged, 'secret'), 'short');
  expect(() => readConfig({ DATA_DIR: damaged })).toThrow(/is damaged/);
  expect(readFileSync(path.join(damaged, 'secret'), 'utf8')).toBe('short');
});

test('a DATA_DIR that cannot be a folder is refused', () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  expect(() => readConfig({ DATA_DIR: path.join(file, 'data') })).toThrow(/^DATA_DIR .* cannot be written/);
});

// Root may write anywhere.
test.skipIf(process.getuid?.() === 0)('a DATA_DIR that may not be written is refused', () => {
  const locked = mkdtempSync(path.join(folder, 'locked-'));
  chmodSync(locked, 0o500);
  expect(() => readConfig({ DATA_DIR: locked })).toThrow(/^DATA_DIR .* cannot be written/);
});
