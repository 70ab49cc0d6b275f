import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { EXPERIMENTS } from '#lib/experiments/index';
import { DEFAULT_PARAMETERS, PARAMETER_KEYS } from '#lib/spec/parameters';
import { EVALUATION_SAMPLES } from '#lib/spec/samples';
import { specHash } from '#lib/spec/hash';
import { resolve } from '#lib/spec/resolve';

// Processes of their own, which train, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function start(args: readonly string[], env?: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/commands/polytope.ts', ...args], {
    cwd: ROOT,
    env,
  });
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  const ended = once(child, 'close').then(([code]) => ({ ...output, code: code as number | null }));
  return { child, ended, output };
}
const polytope = (...args: readonly string[]): ReturnType<typeof start>['ended'] => start(args).ended;

interface Instance {
  readonly cell: number;
  readonly replica: number;
  readonly best: boolean;
  readonly density: number;
  readonly sparsity: number;
  readonly importance: readonly number[];
  readonly loss: number;
  readonly evaluationLoss: number;
  readonly W: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly norms: readonly number[];
  readonly superposition: readonly number[];
  readonly dimensionality: readonly number[];
}
interface Result {
  readonly experiment: string;
  readonly spec: unknown;
  readonly specHash: string;
  readonly engine: { readonly name: string; readonly device: string };
  readonly seed: number;
  readonly steps: number;
  readonly seconds: number;
  readonly stepsPerSecond: number;
  readonly weightsHash: string;
  readonly instances: readonly Instance[];
}

const SMALL = ['--steps', '40', '--seed', '7', '--set', 'densities=2', '--set', 'replicas=3', '--set', 'batch=64'];
const runJson = async (...args: readonly string[]): Promise<Result> => {
  const { out, err, code } = await polytope('run', 'introduction', ...SMALL, '--json', ...args);
  expect(code, err).toBe(0);
  return JSON.parse(out) as Result;
};

test('polytope run of more than 4,096 models is a sweep: the best of each cell in numbers, the same on any number of threads', async () => {
  const grid = ['densities=64', 'relativeImportances=33', 'relativeImportanceFrom=0.1', 'replicas=2', 'n=2', 'm=1'];
  const settings = [...grid, 'batch=16', 'steps=4'].flatMap((setting) => ['--set', setting]);
  interface Sweep {
    readonly weightsHash: string;
    readonly cells: readonly {
      readonly replica: number;
      readonly norms: readonly number[];
      readonly density: number;
    }[];
  }
  const swept = await polytope('run', 'introduction', ...settings, '--workers', '0', '--json');
  expect(swept.code, swept.err).toBe(0);
  const { cells, weightsHash } = JSON.parse(swept.out) as Sweep;
  expect(cells).toHaveLength(64 * 33);
  expect(cells.every(({ replica, norms }) => replica < 2 && norms.length === 2)).toBe(true);
  const again = await polytope('run', 'introduction', ...settings, '--workers', '2');
  expect(again.out).toContain(weightsHash);
  expect(again.out).toMatch(/features stored by the best of a cell/);
});

describe('polytope list', () => {
  test('--json gives every experiment with every parameter, its default and its range', async () => {
    const { out, code } = await polytope('list', '--json');
    const listed = JSON.parse(out) as { key: string; parameters: Record<string, { default: unknown }> }[];
    expect(code).toBe(0);
    expect(listed.map(({ key }) => key)).toEqual(EXPERIMENTS.map(({ key }) => key));
    expect(Object.keys(listed[0]?.parameters ?? {})).toEqual(PARAMETER_KEYS);
    expect(listed[0]?.parameters['n']).toMatchObject({ default: 5, min: 2, max: 1024 });
    expect(listed[0]?.parameters['output']).toMatchObject({ default: 'relu', choices: ['relu', 'linear'] });
  });

  test('without it gives a table', async () => {
    const { out, code } = await polytope('list');
    expect(code).toBe(0);
    expect(out).toContain('introduction: Five features, two dimensions');
    expect(out).toMatch(/densityTo +0\.05 +0\.001 … 1/);
  });
});

describe('polytope run', () => {
  test('--json gives one object that says what was trained, on what, and every instance', async () => {
    const result = await runJson('--set', 'n=4');
    const spec = resolve({
      ...DEFAULT_PARAMETERS,
      n: 4,
      densities: 2,
      replicas: 3,
      batch: 64,
      steps: 40,
      seed: 7,
    });
    expect(result).toMatchObject({ experiment: 'introduction', spec, specHash: specHash(spec), seed: 7, steps: 40 });
    expect(result.engine.name).toBe('fused-wasm');
    expect(result.engine.device).toMatch(/^\d+ workers? · WebAssembly SIMD$/);
    expect(result.weightsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(result.stepsPerSecond).toBeCloseTo(40 / result.seconds, 6);
    expect(result.instances.map(({ cell, replica }) => [cell, replica])).toEqual(
      [0, 1].flatMap((cell) => [0, 1, 2].map((replica) => [cell, replica])),
    );
    for (const {
      density,
      sparsity,
      importance,
      W,
      b,
      norms,
      superposition,
      dimensionality,
      ...rest
    } of result.instances) {
      expect(sparsity).toBe(1 - density);
      expect(importance).toEqual([1, 0.9, 0.81, 0.9 ** 3]);
      expect(W.map((row) => row.length)).toEqual([2, 2, 2, 2]);
      expect(norms).toEqual(W.map(([x = NaN, y = NaN]) => expect.closeTo(Math.hypot(x, y), 10) as number));
      for (const list of [b, superposition, dimensionality]) expect(list).toHaveLength(4);
      expect(rest.loss / rest.evaluationLoss).toBeGreaterThan(0.4);
      expect(rest.loss / rest.evaluationLoss).toBeLessThan(2.5);
    }
    for (const cell of [0, 1]) {
      const replicas = result.instances.filter((instance) => instance.cell === cell);
      const lowest = Math.min(...replicas.map(({ evaluationLoss }) => evaluationLoss));
      expect(replicas.filter(({ best }) => best).map(({ evaluationLoss }) => evaluationLoss)).toEqual([lowest]);
    }
  });

  test('gives the same weights on any number of workers, and nearly those of the reference', async () => {
    const [one, three, inline, reference] = await Promise.all([
      runJson('--workers', '1'),
      runJson('--workers', '3'),
      runJson('--workers', '0'),
      runJson('--engine', 'reference'),
    ]);
    expect(three.weightsHash).toBe(one.weightsHash);
    expect(inline.weightsHash).toBe(one.weightsHash);
    expect(reference.engine.name).toBe('reference');
    reference.instances.forEach(({ evaluationLoss }, i) => {
      expect(one.instances[i]?.evaluationLoss).toBeCloseTo(evaluationLoss, 6);
    });
  });

  test('without --json says what each density came to', async () => {
    const { out, err, code } = await polytope('run', 'introduction', ...SMALL);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}1\.0000 +0\.\d+ +\d of 5 features.*; \d of 3 found it$/m);
    expect(out).toMatch(/^weights [0-9a-f]{64}$/m);
    expect(err).toMatch(/^fused-wasm on /);
    expect(err).toMatch(/step \d+ of 40, \d+ steps per second/);
  });

  test('Ctrl-C stops it: nothing on standard output, exit code 130', async () => {
    const { child, ended, output } = start(['run', 'introduction', '--steps', '200000', '--json']);
    while (!output.err.includes('steps per second')) await new Promise((later) => setTimeout(later, 20));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, out: '' });
  });
});

describe('polytope claims', () => {
  test('--json gives every claim that was asked for, with its status and numbers', async () => {
    const { out, code } = await polytope('claims', 'phase-change', '--kind', 'exact', '--json');
    const { claims } = JSON.parse(out) as { claims: Record<string, unknown>[] };
    expect(code).toBe(0);
    expect(claims.length).toBeGreaterThan(5);
    for (const claim of claims) {
      expect(claim).toMatchObject({ experiment: 'phase-change', kind: 'exact', engine: 'evaluator', seeds: [] });
      expect(claim['status']).toMatch(/^(holds|differs)$/);
    }
    expect(claims.find(({ id }) => id === 'triple-point')).toMatchObject({
      quantities: expect.arrayContaining([expect.objectContaining({ tolerance: 1e-6 })]) as unknown,
    });
  });
});

describe('what cannot be done is refused in one sentence, with exit code 2', () => {
  const refusals: readonly [args: string, sentence: RegExp][] = [
    ['fly', /^There is no command fly; there are list, run, claims, bench, gpu, rooms, backup, restore, setup:cuda\.$/],
    ['list --wat', /^Unknown option '--wat'; the options are --json\.$/],
    ['run introduction --set n=1025', /^n: Features must be between 2 and 1,024; 1,025 is not\.$/],
    ['run introduction --seed -1', /^Option '--seed' argument is ambiguous; write --seed=value\.$/],
    [
      'run introduction --engine abacus',
      /^--engine must be one of auto, fused-wasm, fused-wasm\+relaxed, reference, tfjs-cpu, tfjs-wasm, tfjs-node, tfjs-node\+steps; abacus is not\.$/,
    ],
    ['claims nonsense', /^There are no claims about nonsense; there are some about introduction/],
    ['claims --kind vague', /^--kind must be one of exact, statistical; vague is not\.$/],
    ['claims introduction --ledger', /^--ledger takes all claims at the full budget: leave out the experiment/],
    ['run introduction --workers many', /^--workers must be a whole number of at least 0; many is not\.$/],
  ];
  test.each(refusals)('%s', async (args, sentence) => {
    const { out, err, code } = await polytope(...args.split(' '));
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(err.trim()).toMatch(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('setup:cuda on a machine that has Node alone', async () => {
    const { err, code } = await start(['setup:cuda'], { NODE_ENV: 'test', PATH: '/nowhere' }).ended;
    expect(code).toBe(2);
    expect(err.trim()).toMatch(
      process.platform === 'linux'
        ? /^There is no python3 that answers\. Install one with python3/
        : /^TensorFlow’s libraries/,
    );
  });

  test('no command at all: the help', async () => {
    const { out, code } = await polytope();
    expect(code).toBe(2);
    expect(out).toContain('polytope run <experiment>');
  });

  test('--help says what a command takes', async () => {
    const { out, code } = await polytope('run', '--help');
    expect(code).toBe(0);
    expect(out).toContain(EVALUATION_SAMPLES.toLocaleString('en-US'));
  });
});
