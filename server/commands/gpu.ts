/** `polytope gpu`: the WebGPU engine on this machine's graphics card, checked against the reference and timed, beside PyTorch. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { present } from '#lib/base/assert';
import { at, rowOf, type Numbers } from '#lib/base/matrix';
import { heldBy, toState } from '#lib/engine/checkpoint';
import type { OpenedDevice } from '#lib/engine/fused/webgpu/adapter';
import { createCompiled } from '#lib/engine/fused/webgpu/gpu';
import { openWebgpuStepper } from '#lib/engine/fused/webgpu/stepper';
import type { Tuning } from '#lib/engine/fused/webgpu/steps';
import { createWebgpuTrainer } from '#lib/engine/fused/webgpu/trainer';
import { createTrainerHost } from '#lib/engine/host';
import { initialCheckpoint } from '#lib/engine/initial';
import { createReferenceTrainer } from '#lib/engine/reference/trainer';
import type { Trainer } from '#lib/engine/trainer';
import type { Checkpoint, RunEvent } from '#lib/runs/events';
import { instanceCount } from '#lib/spec/cells';
import { DEFAULT_PARAMETERS, type Parameters } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { openDawn } from '../compute/dawn.ts';
import { nextTurn } from '../compute/trainers.ts';
import { CASES, specOfCase } from './cases.ts';
import { CommandError, EXIT_FAILED, EXIT_OK, parseArguments, parseCount, type Command } from './command.ts';

/** Greatest errors that are allowed: of a gradient as decisions say, and of any loss in the steps that are compared. */
const TOLERANCE = { gradient: 3e-5, loss: 1e-5 } as const;

/** Shapes on both sides of every change of kernel or tile, and batches that nothing divides. */
const CHECKED: readonly Partial<Parameters>[] = [
  { n: 2, m: 1 },
  { n: 5, m: 2, batch: 1_024 },
  { n: 5, m: 2, output: 'linear', batch: 37 },
  { n: 9, m: 7, batch: 300 },
  { n: 20, m: 5, batch: 1_024 },
  { n: 64, m: 2, batch: 100 },
  { n: 128, m: 1, batch: 64 },
  { n: 130, m: 1, batch: 65 },
  { n: 33, m: 7, densityTo: 0.01 },
  { n: 80, m: 20, batch: 1_024 },
  { n: 80, m: 20, output: 'linear' },
  { n: 64, m: 64, batch: 129 },
  { n: 67, m: 65, batch: 129 },
  { n: 200, m: 30, batch: 200 },
];
const CHECKED_STEPS = 40;

export const gpu: Command = {
  name: 'gpu',
  usage:
    'gpu [--peer python3] [--cases A,B,C,D,E1k,E10k] [--seconds 2] [--threads 64] [--parts 4] [--software] [--no-check]',
  summary: 'Check and time the WebGPU engine on this graphics card.',
  help: [
    '  --peer python3  time PyTorch on the same card with this Python',
    '  --cases A,B     only these cases',
    '  --seconds 2     of each measurement',
    '  --threads 64    that train one instance in the kernel for small models',
    '  --parts 4       of the batch, in the kernels for large ones',
    '  --software      take a software adapter, too',
    '  --no-check      only time',
    'Prints one JSON object: device, checks, paces in steps a second (of all instances at once), and the peer.',
  ].join('\n'),
  async run(args) {
    const { values } = parseArguments(args, {
      peer: { type: 'string' },
      cases: { type: 'string', default: CASES.map(({ name }) => name).join() },
      seconds: { type: 'string', default: '2' },
      threads: { type: 'string' },
      parts: { type: 'string' },
      software: { type: 'boolean', default: false },
      'no-check': { type: 'boolean', default: false },
    });
    const opened = await openDawn({ allowSoftware: values.software });
    if (typeof opened === 'string') throw new CommandError(opened);
    const names = values.cases.split(',');
    const ms = 1_000 * Number(values.seconds);
    const checks = values['no-check'] ? [] : await checkAll(opened);
    const tuning: Tuning = {
      ...(values.threads === undefined ? {} : { threads: parseCount('threads', values.threads, 1) }),
      ...(values.parts === undefined ? {} : { parts: parseCount('parts', values.parts, 1) }),
    };
    const paces = await timeAll(opened, names, ms, tuning);
    opened.device.destroy();
    const peer = values.peer === undefined ? undefined : timePeer(values.peer, names, values.seconds);
    process.stdout.write(`${JSON.stringify({ device: describe(opened), checks, paces, peer }, null, 1)}\n`);
    return checks.every(({ passed }) => passed) ? EXIT_OK : EXIT_FAILED;
  },
};

function describe({ device, info }: OpenedDevice) {
  const { vendor, architecture, description, isFallbackAdapter } = info;
  const { maxComputeWorkgroupStorageSize: workgroupBytes, maxStorageBufferBindingSize: bufferBytes } = device.limits;
  return { vendor, architecture, description, isFallbackAdapter, workgroupBytes, bufferBytes };
}

const say = (words: string): void => {
  process.stderr.write(`${words}\n`);
};

interface Check {
  readonly shape: string;
  /** max|g − g*| / max|g*| against the reference, the worst tensor and instance. */
  readonly gradientError: number;
  /** Relative, the worst of every cell's loss in the steps compared, and of the evaluation. */
  readonly lossError: number;
  readonly passed: boolean;
}

async function checkAll({ device, name }: OpenedDevice): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const shape of CHECKED) {
    const spec = resolve({
      ...DEFAULT_PARAMETERS,
      ...{ densities: 2, replicas: 1, batch: 128, steps: CHECKED_STEPS, schedule: 'cosine' },
      ...shape,
    });
    const check = await checkOne(createWebgpuTrainer(device, name), spec);
    checks.push({ shape: JSON.stringify(shape), ...check });
    say(JSON.stringify(checks.at(-1)));
  }
  return checks;
}

async function checkOne(trainer: Trainer, spec: RunSpec): Promise<Omit<Check, 'shape'>> {
  const [mine, reference] = [await trainAll(trainer, spec), await trainAll(createReferenceTrainer(), spec)];
  const gradientError = errorOfGradients(
    spec,
    await stateAfterOne(trainer, spec),
    await stateAfterOne(createReferenceTrainer(), spec),
  );
  const lossError = Math.max(...pairs(lossesOf(mine), lossesOf(reference)).map(([a, b]) => Math.abs(a / b - 1)));
  return { gradientError, lossError, passed: gradientError <= TOLERANCE.gradient && lossError <= TOLERANCE.loss };
}

async function trainAll(trainer: Trainer, spec: RunSpec): Promise<readonly RunEvent[]> {
  const host = createTrainerHost({ now: () => performance.now(), breathe: nextTurn });
  const events: RunEvent[] = [];
  for await (const event of trainer.train(spec, host)) {
    if (event.type === 'failed') throw new Error(event.message);
    events.push(event);
  }
  return events;
}

async function stateAfterOne(trainer: Trainer, spec: RunSpec): Promise<Checkpoint> {
  const host = createTrainerHost({ now: () => performance.now(), breathe: nextTurn, target: 1 });
  let last: Checkpoint | undefined;
  for await (const event of trainer.train(spec, host)) {
    if (event.type === 'failed') throw new Error(event.message);
    if (event.type === 'checkpoint') last = event.checkpoint;
    if (event.type === 'paused') host.setTarget('stop');
  }
  return present(last, 'the checkpoint of step 1');
}

/** Every training loss at a kept step, then the evaluation's. Few steps are kept all, so both lists have one length. */
const lossesOf = (events: readonly RunEvent[]): readonly number[] => {
  const frames = new Set(
    events.flatMap((event) => (event.type === 'frame' && event.frame.kept ? [event.frame.step] : [])),
  );
  return events.flatMap((event) =>
    event.type === 'metrics' && frames.has(event.step)
      ? event.loss
      : event.type === 'finished'
        ? event.evaluationLoss
        : [],
  );
};

function pairs(a: readonly number[], b: readonly number[]): readonly (readonly [number, number])[] {
  if (a.length !== b.length) throw new Error(`${a.length} losses, where the reference has ${b.length}`);
  return a.map((value, i) => [value, b[i] ?? NaN]);
}

/** After one step the first moments are (1 − β₁) times the gradient. */
function errorOfGradients(spec: RunSpec, mine: Checkpoint, reference: Checkpoint): number {
  const [a, b] = [toState(spec, mine), toState(spec, reference)];
  const errors = (['W.m', 'b.m'] as const).flatMap((tensor) =>
    Array.from({ length: instanceCount(spec) }, (_, instance) => {
      const [own, other] = [heldBy(a, tensor), heldBy(b, tensor)];
      const size = own.length / instanceCount(spec);
      return relativeError(rowOf(own, instance, size), rowOf(other, instance, size));
    }),
  );
  return Math.max(...errors);
}

function relativeError(actual: Numbers, expected: Numbers): number {
  let [worst, largest] = [0, Number.MIN_VALUE];
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(at(actual, i) - at(expected, i)));
    largest = Math.max(largest, Math.abs(at(expected, i)));
  }
  return worst / largest;
}

interface Pace {
  readonly case: string;
  /** ms until the first step is done: compiling. */
  readonly opening: number;
  /** Steps a second of the kernels alone, in dispatches of about 40 ms; the median and the fastest. */
  readonly kernels: number;
  readonly fastest: number;
  /** Steps a second of a whole run: frames, metrics and checkpoints with it. */
  readonly run: number;
}

async function timeAll(
  opened: OpenedDevice,
  names: readonly string[],
  ms: number,
  tuning: Tuning,
): Promise<readonly Pace[]> {
  const paces: Pace[] = [];
  for (const each of CASES.filter(({ name }) => names.includes(name))) {
    const spec = specOfCase(each);
    const { opening, median, fastest } = await timeKernels(opened, spec, ms, tuning);
    const run = await timeRun(createWebgpuTrainer(opened.device, opened.name), spec, ms);
    paces.push({ case: each.name, opening, kernels: median, fastest, run });
    say(JSON.stringify(paces.at(-1)));
  }
  return paces;
}

/** ms of a timed dispatch */
const TURN_MS = 40;

async function timeKernels({ device }: OpenedDevice, spec: RunSpec, ms: number, tuning: Tuning) {
  const initial = toState(spec, initialCheckpoint(spec));
  const before = performance.now();
  const stepper = await openWebgpuStepper(device, createCompiled(device), spec, 0, initial, tuning);
  let step = 0;
  const turn = async (steps: number): Promise<number> => {
    const start = performance.now();
    await stepper.advance((step += steps));
    return performance.now() - start;
  };
  await turn(1);
  const opening = performance.now() - before;
  let steps = 1;
  for (let took = await turn(steps); took < TURN_MS; took = await turn(steps))
    steps = Math.ceil(steps * Math.min(4, (1.1 * TURN_MS) / took));
  const paces: number[] = [];
  for (const start = performance.now(); performance.now() - start < ms;)
    paces.push((steps * 1_000) / (await turn(steps)));
  stepper.dispose();
  paces.sort((a, b) => a - b);
  return { opening, median: paces[paces.length >> 1] ?? NaN, fastest: paces.at(-1) ?? NaN };
}

/** Of the second half, when the chunks have their size. */
async function timeRun(trainer: Trainer, spec: RunSpec, ms: number): Promise<number> {
  const host = createTrainerHost({ now: () => performance.now(), breathe: nextTurn });
  const start = performance.now();
  let half: { step: number; at: number } | undefined;
  let pace = NaN;
  for await (const event of trainer.train(spec, host)) {
    if (event.type === 'failed') throw new Error(event.message);
    if (event.type !== 'metrics') continue;
    const now = performance.now();
    if (half === undefined && now - start > ms / 2) half = { step: event.step, at: now };
    else if (half !== undefined) pace = ((event.step - half.step) * 1_000) / (now - half.at);
    if (now - start > 1.5 * ms) host.setTarget('stop');
  }
  return pace;
}

/** What the peer printed, or why it printed nothing. */
function timePeer(python: string, names: readonly string[], seconds: string): unknown {
  const script = fileURLToPath(new URL('./torch-peer.py', import.meta.url));
  const peer = spawnSync(python, [script, names.join(), seconds], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return peer.status === 0 ? (JSON.parse(peer.stdout) as unknown) : { skipped: `${python} could not time PyTorch.` };
}
