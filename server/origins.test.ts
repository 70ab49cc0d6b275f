import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { startTestLab } from './lab.fixture.ts';
import { createOrigins } from './origins.ts';

const asked = (headers: Record<string, string>): IncomingMessage =>
  ({ headers: { host: 'lab.example', ...headers }, socket: {} }) as unknown as IncomingMessage;

const FORWARDED = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'public.example' };

test('S22 what a stranger says of a proxy is believed only where there is one', () => {
  const alone = createOrigins({ publicOrigins: [], trustProxy: false });
  const behind = createOrigins({ publicOrigins: [], trustProxy: true });
  const request = asked(FORWARDED);
  expect(alone.isSecure(request)).toBe(false);
  expect(alone.reached(request)).toBe('http://lab.example');
  expect(alone.allows(asked({ ...FORWARDED, origin: 'https://public.example' }))).toBe(false);
  expect(behind.isSecure(request)).toBe(true);
  expect(behind.reached(request)).toBe('https://public.example');
  expect(behind.allows(asked({ ...FORWARDED, origin: 'https://public.example' }))).toBe(true);
});

test('S22 with PUBLIC_ORIGIN no forwarded host lets another page in, or is told of', () => {
  const { allows, reached } = createOrigins({ publicOrigins: ['https://lab.example'], trustProxy: true });
  const evil = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  expect(allows(asked(evil))).toBe(false);
  expect(reached(asked(evil))).toBe('https://lab.example');
  expect(allows(asked({ origin: 'https://lab.example' }))).toBe(true);
});

test.each([
  [false, { host: 'lab.example', 'x-forwarded-proto': 'http' }],
  [true, { host: 'public.example', 'x-forwarded-proto': 'https' }],
] as const)(
  'S22 beyond the door nothing forwarded is left but what is vouched for (behind a proxy: %s)',
  (trustProxy, left) => {
    const { settle } = createOrigins({ publicOrigins: [], trustProxy });
    const request = asked({ ...FORWARDED, 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' });
    settle(request);
    expect(request.headers).toEqual(left);
    settle(request);
    expect(request.headers).toEqual(left);
  },
);

test('S22 pages are handed what is vouched for', async () => {
  const seen: unknown[] = [];
  const web = {
    serve: (request: IncomingMessage, response: { end: () => void }) => {
      seen.push([request.headers.host, request.headers['x-forwarded-proto'], request.headers['x-forwarded-for']]);
      response.end();
      return Promise.resolve();
    },
    upgrade: undefined,
    close: () => Promise.resolve(),
  };
  const lab = await startTestLab({ web });
  await fetch(lab.url, { headers: { ...FORWARDED, 'x-forwarded-for': '192.0.2.1' } });
  expect(seen).toEqual([[new URL(lab.url).host, 'http', undefined]]);
});

test('S13 S22 who changes the address that a proxy tells of opens no more rooms than a session may', async () => {
  const lab = await startTestLab({ limits: { roomsPerHour: 2 } }, { trustProxy: true });
  const first = await fetch(`${lab.url}/api/health`);
  const [cookie = ''] = first.headers.getSetCookie().map((value) => value.split(';')[0] ?? '');
  const open = async (address: string): Promise<number> => {
    const headers = { cookie, 'x-forwarded-for': address };
    return (await fetch(`${lab.url}/api/rooms`, { method: 'POST', headers })).status;
  };
  expect([await open('192.0.2.1'), await open('192.0.2.2'), await open('192.0.2.3')]).toEqual([201, 201, 429]);
});
