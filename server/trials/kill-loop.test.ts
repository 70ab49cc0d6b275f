import { expect, test } from 'vitest';
import { killLoop } from './kill-loop.fixture.ts';

/** A hundred by `npm run kill-loop`. */
const KILLS = 10;

test('S16 P33 P48 P105 a server that is killed again and again loses no acknowledged edit, and its runs go on', async () => {
  const report = await killLoop(KILLS, () => undefined);
  expect(report.kills).toBe(KILLS);
  expect(report.acknowledged).toBe(report.edits);
}, 300_000);
