import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunEvent } from '#lib/runs/events';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import { breakdownOf, CARD_LOST, OUT_OF_MEMORY, wordsFor } from './breakdown.ts';
import { createComputeProcess } from './compute-process.ts';
import type { Compute, ComputeOptions, ComputeRun } from './compute.ts';
import { createInlineCompute } from './inline-compute.ts';
import { typescriptArguments } from './typescript.ts';

// Processes at low priority, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const spec = resolve({ ...DEFAULT_PARAMETERS, densities: 4, replicas: 2, batch: 101, steps: 60, seed: 3 });
/** The same as in lib/engine/fused/trainer.test.ts: threads and processes change no bit. */
const GOLDEN = '5d4e2d501465b2d40e6335cad4df315d654ca9519920a8d5fce4ab35becf92f5';
const endless = resolve({ ...DEFAULT_PARAMETERS, steps: 200_000 });

/** A run whose events are collected and can be waited for. */
function startRun(compute: Compute, of = spec, options?: ComputeOptions) {
  const events: RunEvent[] = [];
  const waiting: { type: RunEvent['type']; resolve: (event: RunEvent) => void; reject: (error: Error) => void }[] = [];
  const hear = (event: RunEvent): void => {
    events.push(event);
    for (const { type, resolve, reject } of waiting)
      if (type === event.type) resolve(event);
      else if (event.type === 'failed') reject(new Error(event.message));
  };
  let tellLost: (what: string) => void;
  const lost = new Promise<string>((resolve) => (tellLost = resolve));
  const run: ComputeRun = compute.start(of, { event: hear, lost: (what) => tellLost(what) }, options);
  const next = <T extends RunEvent['type']>(type: T): Promise<Extract<RunEvent, { type: T }>> =>
    new Promise((done, reject) => {
      const held = events.find((event) => event.type === type);
      if (held === undefined)
        waiting.push({ type, resolve: (event) => done(event as Extract<RunEvent, { type: T }>), reject });
      else done(held as Extract<RunEvent, { type: T }>);
    });
  return { run, events, next, lost };
}

const implementations: readonly [name: string, create: () => Compute][] = [
  ['in processes', () => createComputeProcess({ workers: 2 })],
  ['in this thread', createInlineCompute],
];

describe.each(implementations)('training %s', (_, create) => {
  let compute: Compute;
  const offered = vi.fn<Parameters<Compute['onOffers']>[0]>();
  beforeAll(() => {
    compute = create();
    compute.onOffers(offered);
  });
  afterAll(() => compute.close());

  test('tells which engines can be asked for as soon as it knows, once', async () => {
    await vi.waitFor(() => expect(offered).toHaveBeenCalled(), { timeout: 30_000 });
    expect(offered.mock.calls).toEqual([[compute.offers]]);
    expect(compute.offers.map(({ name }) => name)).toContain('reference');
  });

  test('calls with the events of a run in order, and the bits are the fused engine’s', async () => {
    const { events, next } = startRun(compute);
    expect(events).toEqual([]);
    expect((await next('finished')).weightsHash).toBe(GOLDEN);
    // For so short a run another variant of the fused engine may be quicker than the one expected for most.
    expect(events[0]).toMatchObject({ type: 'started', engine: { name: 'fused-wasm' } });
    expect(compute.engine.name).toMatch(/^fused-wasm/);
    expect(events.at(-1)?.type).toBe('finished');
  });

  test('frames arrive with typed arrays', async () => {
    const { frame } = await startRun(compute).next('frame');
    expect(frame.tensors[0]?.data).toBeInstanceOf(Float32Array);
    expect(frame.tensors[0]?.data).toHaveLength(4 * 2 * 5 * 2);
  });

  test('pauses at its target, goes on at the next, stops when told', async () => {
    const { run, next } = startRun(compute, endless, { target: 3 });
    expect((await next('paused')).step).toBe(3);
    run.setTarget(5);
    expect((await next('resumed')).step).toBe(3);
    run.setTarget('stop');
    expect((await next('stopped')).step).toBeGreaterThanOrEqual(3);
  });

  test('goes on from a checkpoint to the same bits', async () => {
    const first = startRun(compute, spec, { target: 20 });
    await first.next('paused');
    // A slow machine had others before: one is due every two seconds.
    const from = first.events.flatMap((event) => (event.type === 'checkpoint' ? [event.checkpoint] : [])).at(-1);
    first.run.setTarget('stop');
    if (from === undefined) throw new Error('a pause has a checkpoint');
    expect(from.step).toBe(20);
    expect((await startRun(compute, spec, { from }).next('finished')).weightsHash).toBe(GOLDEN);
  });

  test('trains two runs at a time', async () => {
    const runs = [startRun(compute), startRun(compute)];
    const hashes = await Promise.all(runs.map(async ({ next }) => (await next('finished')).weightsHash));
    expect(hashes).toEqual([GOLDEN, GOLDEN]);
  });

  test('says nothing after it was killed', async () => {
    const { run, events, next } = startRun(compute, endless);
    await next('metrics');
    run.kill();
    const said = events.length;
    await new Promise((later) => setTimeout(later, 150));
    expect(events).toHaveLength(said);
  });

  test('a run that would take days fails at once, and says what to change', async () => {
    const parameters = { n: 1_024, m: 256, densities: 10, replicas: 1, batch: 8_192, steps: 200_000 };
    const { message } = await startRun(compute, resolve({ ...DEFAULT_PARAMETERS, ...parameters })).next('failed');
    expect(message).toMatch(/take at most \d+ steps, or fewer/);
  });

  test.each([
    ['large', { n: 240, m: 60 }],
    ['untied', { model: 'untied', hidden: 'relu', target: 'abs', data: 'signed' }],
  ] as const)('a %s model is trained by the fused engine, too', async (_, parameters) => {
    const other = { ...DEFAULT_PARAMETERS, ...parameters, densities: 1, replicas: 1, batch: 16, steps: 2 };
    expect((await startRun(compute, resolve(other)).next('started')).engine.name).toMatch(/^fused-wasm/);
  });
});

/** Processes of a parent, directly from the system. */
const childrenOf = (pid: number, program = 'child.ts'): readonly number[] => {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,ni=,args='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, , ...args]) => Number(parent) === pid && args.some((arg) => arg.endsWith(`compute/${program}`)))
    .map(([child]) => Number(child));
};

/** The process that trains what was just started. */
const trainingOf = (before: readonly number[]): number =>
  childrenOf(process.pid).find((pid) => !before.includes(pid)) ?? NaN;

test('a process that dies is a run that is lost, and the next run works', async () => {
  const before = childrenOf(process.pid);
  const compute = createComputeProcess({ workers: 1 });
  const { next, lost } = startRun(compute, endless);
  await next('metrics');
  process.kill(trainingOf(before), 'SIGKILL');
  expect(await lost).toBe('The training process ended (SIGKILL)');
  expect((await startRun(compute).next('finished')).weightsHash).toBe(GOLDEN);
  expect(compute.pace, 'a run waits for the rehearsal, which tells the pace').toBeGreaterThan(0);
  await compute.close();
  expect(childrenOf(process.pid).filter((pid) => !before.includes(pid))).toEqual([]);
});

test.skipIf(process.platform !== 'linux')(
  'where the machine’s memory is full, a training process ends before the server',
  async () => {
    const before = childrenOf(process.pid);
    const compute = createComputeProcess({ workers: 1 });
    await startRun(compute, endless).next('started');
    expect(Number(readFileSync(`/proc/${trainingOf(before)}/oom_score_adj`, 'utf8'))).toBeGreaterThanOrEqual(500);
    await compute.close();
  },
);

test('a process that trained on an engine by name trains nothing else', async () => {
  const before = childrenOf(process.pid);
  const compute = createComputeProcess({ workers: 1 });
  const { next } = startRun(compute, spec, { engine: 'reference' });
  const first = trainingOf(before);
  expect((await next('started')).engine.name).toBe('reference');
  await next('finished');
  expect((await startRun(compute).next('finished')).weightsHash).toBe(GOLDEN);
  await vi.waitFor(() => expect(isAlive(first)).toBe(false), { timeout: 20_000 });
  await compute.close();
});

test('P104 where the card is lost, the run goes on in a process that was begun after that', async () => {
  const program = new URL('./child.fixture.ts', import.meta.url);
  const compute = createComputeProcess({ workers: 1, program });
  const { lost } = startRun(compute, { ...spec, seed: 1 }, { engine: 'fused-webgpu' });
  const withTheCard = childrenOf(process.pid, 'child.fixture.ts');
  expect(withTheCard, 'one that trains, and one that waits').toHaveLength(2);
  expect(await lost).toBe('The server’s graphics card was lost');
  const { engine } = await startRun(compute, spec, { engine: 'fused-webgpu' }).next('started');
  expect(withTheCard).not.toContain(Number(engine.device));
  await compute.close();
});

test('a process that hangs is ended, and its run is lost', async () => {
  const before = childrenOf(process.pid);
  const compute = createComputeProcess({ workers: 1, silence: 8_000 });
  const { next, lost } = startRun(compute, endless);
  await next('metrics');
  const hung = trainingOf(before);
  process.kill(hung, 'SIGSTOP');
  expect(await lost).toBe('The training process hung');
  expect(isAlive(hung)).toBe(false);
  await compute.close();
});

/** util-linux has it. */
const canLimit = spawnSync('prlimit', ['--version']).status === 0;

test.skipIf(!canLimit)(
  'P104 a process that finds no memory any more is a run that is lost, and the next run works',
  async () => {
    const before = childrenOf(process.pid);
    const compute = createComputeProcess({ workers: 1 });
    const { run, next, events, lost } = startRun(compute, endless);
    await next('metrics');
    // Of what it has it keeps all, and gets no more; a change of the run asks for more.
    execFileSync('prlimit', ['--pid', String(trainingOf(before)), '--as=1000000']);
    run.amend({ learningRate: 0.5 });
    // The engine's own words, or an end in the middle of something else.
    expect(await lost).toMatch(/^The training process (ran out of memory|hung|ended \()/);
    expect(events.map(({ type }) => type)).not.toContain('failed');
    expect((await startRun(compute).next('finished')).weightsHash).toBe(GOLDEN);
    await compute.close();
  },
);

test.each([
  'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[1073741824,4096] and type float on /job:localhost',
  'Out of memory (CUDA_ERROR_OUT_OF_MEMORY)',
  'WebAssembly.Memory(): could not allocate memory',
  'WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance',
  'Array buffer allocation failed',
])('“%s” is a want of memory', (message) => {
  expect(breakdownOf(message)).toBe(OUT_OF_MEMORY);
});

test.each([
  'The graphics device was lost (A valid external Instance reference no longer exists.).',
  'could not synchronize on CUDA context: CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered',
])('“%s” is a card that is lost', (message) => {
  expect(breakdownOf(message)).toBe(CARD_LOST);
});

test.each([
  [OUT_OF_MEMORY, null, 'The training process ran out of memory', /fewer replicas, fewer models or a smaller batch/],
  [CARD_LOST, null, 'The server’s graphics card was lost', /Choose another engine/],
  [null, 'SIGKILL', 'The training process ended (SIGKILL)', /memory may have been too small.*smaller batch/],
  [null, 'SIGABRT', 'The training process ended (SIGABRT)', /memory may have been too small/],
  [null, 'SIGSEGV', 'The training process ended (SIGSEGV)', undefined],
  [1, null, 'The training process ended (1)', undefined],
])('a process that ends with %s, %s is “%s”', (code, signal, what, change) => {
  const [said, advice] = wordsFor(code, signal);
  expect(said).toBe(what);
  if (change === undefined) expect(advice).toBeUndefined();
  else expect(advice).toMatch(change);
});

test('a run that is refused for its memory is not, and no process is restarted for it', () => {
  const refusal = 'The tfjs engine would take 9.1 GB, and has 2.0 GB: take fewer replicas or a smaller batch.';
  expect(breakdownOf(refusal)).toBeUndefined();
});

test('a process that is paused says that it is alive', async () => {
  // It speaks every second, and on a busy machine late: its priority is low.
  const compute = createComputeProcess({ workers: 1, silence: 12_000 });
  const { run, next, lost } = startRun(compute, endless, { target: 1 });
  await next('paused');
  const outcome = await Promise.race([lost, new Promise((later) => setTimeout(later, 13_000))]);
  expect(outcome).toBeUndefined();
  run.setTarget(2);
  expect((await next('resumed')).step).toBe(1);
  await compute.close();
});

test('processes end with their parent, however it ends', async () => {
  const code = `import { createComputeProcess } from ${JSON.stringify(new URL('./compute-process.ts', import.meta.url).href)};
    createComputeProcess({ workers: 1 });`;
  const parent = spawn(process.execPath, [...typescriptArguments(), '--input-type=module', '--eval', code]);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((later) => setTimeout(later, 50));
  };
  await until(() => childrenOf(parent.pid ?? NaN).length === 1);
  const [child = NaN] = childrenOf(parent.pid ?? NaN);
  parent.kill('SIGKILL');
  await until(() => !isAlive(child));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
