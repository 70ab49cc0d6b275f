/** `polytope gpu`: the engines on this machine's graphics card, checked against the reference and timed, beside PyTorch. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { toState } from '#lib/engine/checkpoint';
import type { OpenedDevice } from '#lib/engine/fused/webgpu/adapter';
import { createCompiled } from '#lib/engine/fused/webgpu/gpu';
import { openWebgpuStepper } from '#lib/engine/fused/webgpu/stepper';
import type { Tuning } from '#lib/engine/fused/webgpu/steps';
import { createWebgpuTrainer } from '#lib/engine/fused/webgpu/trainer';
import { createTrainerHost } from '#lib/engine/host';
import { initialCheckpoint } from '#lib/engine/initial';
import type { Trainer } from '#lib/engine/trainer';
import type { RunSpec } from '#lib/spec/spec';
import { openDawn } from '../compute/dawn.ts';
import { openTfjsWebgpu } from '../compute/tfjs-webgpu.ts';
import { nextTurn } from '../compute/trainers.ts';
import { CASES, specOfCase } from './cases.ts';
import { CommandError, EXIT_FAILED, EXIT_OK, parseArguments, parseCount, type Command } from './command.ts';
import { checkAll, EVERY_KIND, SHAPES, type Check, type Checked } from './gpu-checks.ts';

/** As decisions have it: float32 within a batch, in an order of its own; and tfjs's, whose sums are longer. */
const FUSED = { gradient: 3e-5, loss: 1e-5 } as const;
const TFJS = { gradient: 1e-4, loss: 1e-4 } as const;

export const gpu: Command = {
  name: 'gpu',
  usage:
    'gpu [--peer python3] [--cases A,B,C,D,E1k,E10k] [--seconds 2] [--threads 64] [--parts 4] [--software] [--no-check] [--no-tfjs] [--json]',
  summary: 'Check and time the WebGPU engines on this graphics card.',
  help: [
    '  --peer python3  time PyTorch on the same card with this Python',
    '  --cases A,B     only these cases',
    '  --seconds 2     of each measurement; 0: only check',
    '  --threads 64    that train one instance in the kernel for small models',
    '  --parts 4       of the batch, in the kernels for large ones',
    '  --software      take a software adapter, too',
    '  --no-check      only time',
    '  --no-tfjs       without TensorFlow.js, which trains on the same device',
    '  --json          one JSON object: device, checks, paces in steps a second (of all instances at once), and the peer',
    'Checks every model with every kind of data, and shapes on both sides of each change of kernel: gradients of the first step, the',
    'losses of 40 steps and the evaluation loss against the reference; the kernels for small models, those for large ones, and tfjs.',
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
      'no-tfjs': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    const opened = await openDawn({ allowSoftware: values.software });
    if (typeof opened === 'string') throw new CommandError(opened);
    const names = values.cases.split(',');
    const ms = 1_000 * Number(values.seconds);
    const tfjs = values['no-tfjs'] ? undefined : await openTfjsWebgpu(opened);
    const checks = values['no-check'] ? [] : await checkEngines(opened, tfjs);
    const tuning: Tuning = {
      ...(values.threads === undefined ? {} : { threads: parseCount('threads', values.threads, 1) }),
      ...(values.parts === undefined ? {} : { parts: parseCount('parts', values.parts, 1) }),
    };
    const paces = ms > 0 ? await timeAll(opened, names, ms, tuning, tfjs) : [];
    opened.device.destroy();
    const peer = values.peer === undefined || ms === 0 ? undefined : timePeer(values.peer, names, values.seconds);
    const said = { device: describe(opened), checks, paces, peer };
    process.stdout.write(values.json ? `${JSON.stringify(said, null, 1)}\n` : asText(said));
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

/** Shapes choose their kernels; the small models of every kind are trained by both. */
async function checkEngines({ device, name }: OpenedDevice, tfjs: Trainer | undefined): Promise<readonly Check[]> {
  const fused: Checked = { name: 'fused', trainer: createWebgpuTrainer(device, name), tolerance: FUSED };
  const tiled: Checked = {
    name: 'tiled',
    trainer: createWebgpuTrainer(device, name, { tiled: true }),
    tolerance: FUSED,
  };
  const others: readonly Checked[] = tfjs === undefined ? [] : [{ name: 'tfjs', trainer: tfjs, tolerance: TFJS }];
  const checks: Check[] = [];
  for (const [engines, shapes] of [
    [[{ ...fused, name: 'persistent' }, tiled, ...others], EVERY_KIND],
    [[fused, ...others], SHAPES],
  ] as const)
    for await (const check of checkAll(engines, shapes)) {
      checks.push(check);
      say(JSON.stringify(check));
    }
  return checks;
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
  /** The same of tfjs on the device; or why it has none. */
  readonly tfjs?: number | string;
}

async function timeAll(
  opened: OpenedDevice,
  names: readonly string[],
  ms: number,
  tuning: Tuning,
  tfjs: Trainer | undefined,
): Promise<readonly Pace[]> {
  const paces: Pace[] = [];
  for (const each of CASES.filter(({ name }) => names.includes(name))) {
    const spec = specOfCase(each);
    const { opening, median, fastest } = await timeKernels(opened, spec, ms, tuning);
    const run = await timeRun(createWebgpuTrainer(opened.device, opened.name), spec, ms);
    const other = tfjs === undefined ? {} : { tfjs: tfjs.refuses(spec) ?? (await timeRun(tfjs, spec, ms)) };
    paces.push({ case: each.name, opening, kernels: median, fastest, run, ...other });
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
  // The shorter of two: a pause in the middle of one is no reason to stay with few steps.
  const took = async (): Promise<number> => Math.min(await turn(steps), await turn(steps));
  for (let least = await took(); least < TURN_MS; least = await took())
    steps = Math.ceil(steps * Math.min(4, (1.1 * TURN_MS) / least));
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

interface Said {
  readonly device: ReturnType<typeof describe>;
  readonly checks: readonly Check[];
  readonly paces: readonly Pace[];
  readonly peer: unknown;
}

/** Tables in Markdown, as they stand in lib/engine/README.md. */
function asText({ device, checks, paces, peer }: Said): string {
  const { vendor, architecture, description } = device;
  const short = (value: number | string | undefined): string =>
    typeof value === 'number' ? value.toLocaleString('en-US', { maximumSignificantDigits: 3 }) : (value ?? '');
  const engines = [...new Set(checks.map(({ engine }) => engine))];
  const worst = (engine: string, error: 'gradientError' | 'lossError'): string =>
    Math.max(...checks.filter((check) => check.engine === engine).map((check) => check[error])).toExponential(1);
  const rows = [
    ...(engines.length === 0 ? [] : [['engine', 'checks', 'passed', 'gradient', 'loss']]),
    ...engines.map((engine) => {
      const those = checks.filter((check) => check.engine === engine);
      const passed = those.filter((check) => check.passed).length;
      return [engine, those.length, passed, worst(engine, 'gradientError'), worst(engine, 'lossError')];
    }),
    ...checks.filter(({ passed }) => !passed).map(({ engine, shape }) => [`failed: ${engine}`, shape]),
    ...(paces.length === 0 ? [] : [['case', 'kernels', 'fastest', 'run', 'tfjs', 'ms to open']]),
    ...paces.map(({ case: name, kernels, fastest, run, tfjs, opening }) => [
      name,
      ...[kernels, fastest, run, tfjs, opening].map(short),
    ]),
  ];
  const lines = rows.map((row) => `| ${row.join(' | ')} |`);
  const peers = peer === undefined ? [] : [`Peer: ${JSON.stringify(peer)}`];
  return `${[[vendor, architecture, description].filter((part) => part !== '').join(' '), ...lines, ...peers].join('\n')}\n`;
}
