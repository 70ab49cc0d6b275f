/** `polytope bench`: how fast the engines are here. Contenders take turns, so that ratios hold where the machine's pace does not. */
import { availableParallelism } from 'node:os';
import { present } from '#lib/base/assert';
import { createTrainerHost } from '#lib/engine/host';
import type { Trainer } from '#lib/engine/trainer';
import type { RunEvent } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';
import { isTfjsEngine, loadTfjsTrainer, onTensorFlow } from '../compute/tfjs.ts';
import { createNodeTrainers, nextTurn } from '../compute/trainers.ts';
import { CASES, specOfCase, type Case } from './cases.ts';
import { memoryOfEngine, memoryOfTorch, type Megabytes } from './bench-memory.ts';
import { CommandError, EXIT_OK, parseArguments, parseCount, type Command } from './command.ts';
import { openTorchPeer, TORCH_LOOPS, type Took, type TorchPeer } from './torch-peer.ts';

/** ms of training in a turn */
const TURN_MS = 200;
/** ms of a step from which a contender has one turn only, of one step. */
const SLOW_MS = 2_000;

/** Against the better of PyTorch's loops on as many cores, with relaxed SIMD. */
const TARGETS: Readonly<Record<string, number>> = { A: 20, B: 10, C: 6, D: 3, E1k: 25, E10k: 30 };

const USUAL_ENGINES = ['fused-wasm', 'fused-wasm+relaxed', 'reference', 'tfjs-wasm'] as const;
const ENGINES = [...USUAL_ENGINES, 'tfjs-cpu', 'tfjs-node', 'tfjs-node+steps'] as const;
type Engine = (typeof ENGINES)[number];

interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

interface Measurement {
  readonly contender: string;
  /** Threads or workers that train. */
  readonly threads: number;
  readonly turns: number;
  readonly stepsPerSecond: Spread;
  /** Of the baseline's with as many threads, in the same round. */
  readonly ratio: Spread | null;
  /** The same by the processors' time instead of the clock's: what is left of it where other programs take turns, too. */
  readonly cpuRatio: Spread | null;
  /** MB of the process beyond what it had before it trained, at most; in a process of its own. */
  readonly memory: Megabytes;
}

interface CaseResult {
  readonly case: string;
  readonly shape: Case;
  /** By threads: the better of PyTorch's loops, without PyTorch `fused-wasm`. */
  readonly baselines: Readonly<Record<number, string>>;
  readonly target: number | null;
  readonly measurements: readonly Measurement[];
}

export const bench: Command = {
  name: 'bench',
  usage: 'bench [--peer python3] [--cases A,B,C,D,E1k,E10k] [--engines …] [--rounds 9] [--json]',
  summary: 'Steps per second of the engines on this machine, and their ratios, beside PyTorch.',
  help: `  --peer PYTHON    PyTorch of this Python as a contender, with AdamW: the notebook's loop, and the faster one of bmm
  --cases A,B      only these, of ${CASES.map(({ name }) => name).join(', ')}
  --engines A,B    only these, of ${ENGINES.join(', ')}; ${USUAL_ENGINES.join(', ')} unless given; those of tfjs-node
                   where npm run setup:cuda has installed TensorFlow, on all cores
  --rounds N       turns of each contender, odd; 9 unless given
  --json           one JSON object { machine, peer, cases: [{ case, shape, baselines, target, measurements }] }

  A step advances all of a case's models, at batch 1,024. Contenders take turns of ${TURN_MS} ms; what takes ${SLOW_MS / 1_000} s for a step
  has one turn. A ratio is of paces in one round, to the baseline's on as many threads: the better of PyTorch's loops, else fused-wasm;
  by the clock, and by the processors' time, which says more where other programs run. PyTorch on several threads needs the machine
  for itself: its threads wait for each other at every operation. MB: what training took at most, beyond what its process had
  before, with the threads it started; each contender in a process of its own.`,
  async run(args) {
    const { values } = parseArguments(args, {
      peer: { type: 'string' },
      cases: { type: 'string', default: CASES.map(({ name }) => name).join() },
      engines: { type: 'string', default: USUAL_ENGINES.join() },
      rounds: { type: 'string', default: '9' },
      json: { type: 'boolean', default: false },
    });
    const cases = pick('cases', values.cases, CASES, ({ name }) => name);
    const engines = pick('engines', values.engines, ENGINES, (name) => name);
    const backends = new Set(engines.filter(isTfjsEngine).map((name) => (onTensorFlow(name) ? 'tfjs-node' : name)));
    if (backends.size > 1)
      throw new CommandError(`--engines takes one of ${[...backends].join(', ')}: a process has one backend of tfjs.`);
    const rounds = parseCount('rounds', values.rounds, 1);
    const opened =
      values.peer === undefined ? 'PyTorch is left out: --peer python3 takes it in.' : await openTorchPeer(values.peer);
    if (typeof opened === 'string') process.stderr.write(`${opened}\n`);
    const peer = typeof opened === 'string' ? undefined : opened;
    const results: CaseResult[] = [];
    for (const each of cases) {
      results.push(await compare(each, engines, peer, rounds));
      process.stderr.write(`${asText(present(results.at(-1), 'a result'))}\n\n`);
    }
    peer?.close();
    const machine = { cores: availableParallelism(), node: process.versions.node, v8: process.versions.v8 };
    const said = { machine, peer: peer?.version ?? opened, cases: results };
    process.stdout.write(values.json ? `${JSON.stringify(said, null, 1)}\n` : `${results.map(asText).join('\n\n')}\n`);
    return EXIT_OK;
  },
};

function pick<T>(option: string, names: string, all: readonly T[], nameOf: (each: T) => string): readonly T[] {
  return names.split(',').map((name) => {
    const found = all.find((each) => nameOf(each) === name);
    if (found === undefined)
      throw new CommandError(`--${option} must be of ${all.map(nameOf).join(', ')}; ${name} is not.`);
    return found;
  });
}

/** Trains when it is its turn. */
interface Contender {
  readonly name: string;
  readonly threads: number;
  readonly train: (steps: number) => Promise<Took>;
  readonly close: () => Promise<void>;
  readonly memory: () => Promise<Megabytes>;
}

async function compare(
  each: Case,
  engines: readonly Engine[],
  peer: TorchPeer | undefined,
  rounds: number,
): Promise<CaseResult> {
  const contenders = [...(await engineContenders(each, engines)), ...torchContenders(each, peer)];
  const paced: Paced[] = [];
  for (const contender of contenders) paced.push(await warmUp(contender));
  for (let round = 0; round < rounds; round++)
    for (const turns of paced) if (round === 0 || !turns.slow) await takeTurn(turns);
  for (const { close } of contenders) await close();
  const memory: Megabytes[] = [];
  for (const contender of contenders) memory.push(await contender.memory());
  const baselines = baselinesOf(paced);
  return {
    case: each.name,
    shape: each,
    baselines: Object.fromEntries([...baselines].map(([threads, { contender }]) => [threads, contender.name])),
    target: TARGETS[each.name] ?? null,
    measurements: paced.map(({ contender, paces, cpuPaces }, i) => ({
      contender: contender.name,
      threads: contender.threads,
      turns: paces.length,
      stepsPerSecond: spreadOf(paces),
      ratio: ratioTo(baselines.get(contender.threads)?.paces, paces),
      cpuRatio: ratioTo(baselines.get(contender.threads)?.cpuPaces, cpuPaces),
      memory: memory[i] ?? null,
    })),
  };
}

function ratioTo(baseline: readonly number[] | undefined, paces: readonly number[]): Spread | null {
  if (baseline === undefined) return null;
  const rounds = Math.min(paces.length, baseline.length);
  return spreadOf(paces.slice(0, rounds).map((pace, round) => pace / (baseline[round] ?? NaN)));
}

/** What each number of threads is measured against. */
function baselinesOf(paced: readonly Paced[]): ReadonlyMap<number, Paced> {
  const isTorch = ({ contender }: Paced): boolean => contender.name.startsWith('PyTorch');
  const candidates = paced.some(isTorch)
    ? paced.filter(isTorch)
    : paced.filter(({ contender }) => contender.name === 'fused-wasm');
  const best = new Map<number, Paced>();
  for (const candidate of candidates) {
    const known = best.get(candidate.contender.threads);
    if (known === undefined || spreadOf(candidate.paces).median > spreadOf(known.paces).median)
      best.set(candidate.contender.threads, candidate);
  }
  return best;
}

async function engineContenders(each: Case, engines: readonly Engine[]): Promise<readonly Contender[]> {
  const spec = specOfCase(each);
  const { name } = each;
  const all = availableParallelism();
  const contenders: Contender[] = [];
  for (const threads of all === 1 ? [1] : [1, all]) {
    // One thread is this one: on a busy machine every message to a worker waits for its turn.
    const { fused } = createNodeTrainers(threads === 1 ? 0 : threads);
    const variants = [fused, fused.relaxed].filter((trainer) => trainer !== undefined);
    const wanted = variants.filter(({ engine }) => engines.some((name) => name === engine.name));
    contenders.push(...wanted.map((trainer) => contenderOf(trainer, { name, threads, spec }, fused.close)));
  }
  if (engines.includes('reference'))
    contenders.push(contenderOf(createNodeTrainers(0).reference, { name, threads: 1, spec }));
  for (const engine of engines.filter(isTfjsEngine)) {
    const trainer = await loadTfjsTrainer(engine);
    if (typeof trainer === 'string') process.stderr.write(`${engine} is left out: ${trainer}\n`);
    else contenders.push(contenderOf(trainer, { name, threads: onTensorFlow(engine) ? all : 1, spec }));
  }
  return contenders;
}

/** One engine's run, which is paused between its turns. */
function contenderOf(
  trainer: Trainer,
  { name, threads, spec }: { readonly name: string; readonly threads: number; readonly spec: RunSpec },
  end: () => void = () => undefined,
): Contender {
  const host = createTrainerHost({ now: () => performance.now(), breathe: nextTurn, target: 0 });
  const events: AsyncIterator<RunEvent> = trainer.train(spec, host)[Symbol.asyncIterator]();
  let step = 0;
  let begun = false;

  async function until(type: RunEvent['type']): Promise<void> {
    for (;;) {
      const next = await events.next();
      if (next.done === true || next.value.type === type) return;
      if (next.value.type === 'failed') throw new Error(next.value.message);
    }
  }

  return {
    name: trainer.engine.name,
    threads,
    train: async (steps) => {
      if (!begun) await until('paused');
      begun = true;
      const [before, busy] = [performance.now(), process.cpuUsage()];
      host.setTarget((step += steps));
      await until('paused');
      const { user, system } = process.cpuUsage(busy);
      return { ms: performance.now() - before, cpu: (user + system) / 1_000 };
    },
    close: async () => {
      host.setTarget('stop');
      await until('stopped');
      // Its end is still to be run: there it lets its workers go.
      await events.return?.();
      end();
    },
    memory: () => memoryOfEngine(name, trainer.engine.name, threads),
  };
}

function torchContenders({ name }: Case, peer: TorchPeer | undefined): readonly Contender[] {
  if (peer === undefined) return [];
  const all = availableParallelism();
  return (all === 1 ? [1] : [1, all]).flatMap((threads) =>
    TORCH_LOOPS.map((loop) => ({
      name: `PyTorch, ${loop}`,
      threads,
      train: (steps: number) => peer.train({ case: name, loop, threads, steps }),
      close: () => Promise.resolve(),
      memory: () => memoryOfTorch(peer.python, { case: name, loop, threads }),
    })),
  );
}

/** A contender whose pace is known about. */
interface Paced {
  readonly contender: Contender;
  readonly slow: boolean;
  /** Of the next turn. */
  steps: number;
  /** Steps per second of each turn, and per second of the processors. */
  readonly paces: number[];
  readonly cpuPaces: number[];
}

/** Until the compilers are done, and a turn's steps are known. */
async function warmUp(contender: Contender): Promise<Paced> {
  let steps = 1;
  const first = await contender.train(steps);
  const slow = first.ms > SLOW_MS;
  for (let turn = 0; !slow && turn < 5; turn++) steps = stepsFor(steps, await contender.train(steps));
  return { contender, slow, steps, paces: [], cpuPaces: [] };
}

const stepsFor = (steps: number, { ms }: Took): number => Math.max(1, Math.round((steps * TURN_MS) / ms));

async function takeTurn(turns: Paced): Promise<void> {
  const took = await turns.contender.train(turns.steps);
  turns.paces.push((turns.steps * 1_000) / took.ms);
  turns.cpuPaces.push((turns.steps * 1_000) / took.cpu);
  if (!turns.slow) turns.steps = stepsFor(turns.steps, took);
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const valueAt = (index: number): number => present(sorted[index], 'a measurement');
  return { least: valueAt(0), median: valueAt((sorted.length - 1) >> 1), most: valueAt(sorted.length - 1) };
}

function asText({ case: name, shape, baselines, target, measurements }: CaseResult): string {
  const { n, m, instances } = shape;
  const against = [...new Set(Object.values(baselines))].join(', ');
  const lines = measurements.map(({ contender, threads, turns, stepsPerSecond, ratio, cpuRatio, memory }) =>
    [
      `  ${contender.padEnd(20)} ${String(threads)} thread${threads === 1 ? ' ' : 's'}`,
      `${spreadAsText(stepsPerSecond)} steps/s`,
      ...(ratio === null ? [] : [`${spreadAsText(ratio)} ×`]),
      ...(cpuRatio === null ? [] : [`${spreadAsText(cpuRatio)} × by processor time`]),
      ...(memory === null ? [] : [`${short(memory)} MB`]),
      ...(turns === 1 ? ['one turn'] : []),
    ].join('  '),
  );
  const aim = target === null ? '' : `; aim: ${target} × with relaxed SIMD, against PyTorch`;
  return [`${name}: n = ${n}, m = ${m}, ${instances} models; × against ${against}${aim}`, ...lines].join('\n');
}

const spreadAsText = ({ median, least, most }: Spread): string =>
  `${short(median)} (${short(least)} to ${short(most)})`;
const short = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
