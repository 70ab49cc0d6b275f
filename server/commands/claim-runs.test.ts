import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { specHash } from '#lib/spec/hash';
import { resolve } from '#lib/spec/resolve';
import { createNodeTrainers, type NodeTrainers } from '../compute/trainers.ts';
import { createClaimRuns } from './claim-runs.ts';

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 1, replicas: 2, batch: 16, steps: 10 });

/** A folder and trainers for one test. */
const claimsTest = test.extend<{ folder: string; trainers: NodeTrainers }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'claim-runs-'));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
  trainers: async ({}, use) => {
    const trainers = createNodeTrainers(0);
    await use(trainers);
    trainers.fused.close();
  },
});

/** Trainers that may not be asked. */
const none: NodeTrainers = {
  get reference(): never {
    return expect.unreachable('it was trained again');
  },
  get all(): never {
    return expect.unreachable('it was trained again');
  },
  get fused(): never {
    return expect.unreachable('it was trained again');
  },
};

describe('the trained runs of claims', () => {
  claimsTest(
    'are kept by the hash of their spec: another command finds them, the same to the last bit',
    async ({ folder, trainers }) => {
      const trained = await createClaimRuns(trainers, folder, false)(spec);
      expect(readdirSync(folder)).toEqual([`${specHash(spec)}.json`]);
      expect(await createClaimRuns(none, folder, false)(spec)).toEqual(trained);
    },
  );

  claimsTest('of another spec are not theirs', async ({ folder, trainers }) => {
    await createClaimRuns(trainers, folder, false)(spec);
    await createClaimRuns(trainers, folder, false)({ ...spec, seed: spec.seed + 1 });
    expect(readdirSync(folder)).toHaveLength(2);
  });

  claimsTest('that were cut off while they were written are trained again', async ({ folder, trainers }) => {
    const trained = await createClaimRuns(trainers, folder, false)(spec);
    const file = path.join(folder, `${specHash(spec)}.json`);
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, whole.length / 2));
    const again = await createClaimRuns(trainers, folder, false)(spec);
    expect(again.W).toEqual(trained.W);
    expect((JSON.parse(readFileSync(file, 'utf8')) as { W: string }).W).toBe((JSON.parse(whole) as { W: string }).W);
  });

  claimsTest('are trained afresh where that is asked for, and once', async ({ folder, trainers }) => {
    await createClaimRuns(trainers, folder, false)(spec);
    const file = path.join(folder, `${specHash(spec)}.json`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"engine":"[^"]*"/, '"engine":"before"'));
    const fresh = createClaimRuns(trainers, folder, true);
    expect((await fresh(spec)).engine).not.toBe('before');
    expect((await createClaimRuns(none, folder, false)(spec)).engine).not.toBe('before');
  });
});
