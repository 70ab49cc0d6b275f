/** `polytope bench`: how fast the engines are here. Contenders take turns, so that ratios hold where the machine's pace does not. */
import { availableParallelism } from 'node:os';
import { present } from '#lib/base/assert';
import { createTrainerHost } from '#lib/engine/host';
import type { Trainer } from '#lib/engine/trainer';
import type { RunEvent } from '#lib/runs/events';
import { RUN_LIMITS } from '#lib/spec/limits';
import { DEFAULT_PARAMETERS } from '#lib/spec/parameters';
import { resolve } from '#lib/spec/resolve';
import type { RunSpec } from '#lib/spec/spec';
import { createNodeTrainers, nextTurn } from '../compute/trainers.ts';
import { EXIT_OK, parseArguments, type Command } from './command.ts';

/** Turns of each contender; odd, so that the median is one of them. */
const ROUNDS = 9;
/** ms of training in a turn */
const TURN_MS = 200;

const CASES: readonly { readonly name: string; readonly spec: RunSpec }[] = [
  { name: 'A: n = 5, m = 2, 8 models', spec: resolve({ ...DEFAULT_PARAMETERS, densities: 8, replicas: 1 }) },
  { name: 'introduction: n = 5, m = 2, 160 models', spec: resolve(DEFAULT_PARAMETERS) },
].map(({ name, spec }) => ({ name, spec: { ...spec, steps: RUN_LIMITS.steps } }));

interface Measurement {
  readonly contender: string;
  /** Median, and the lowest and highest of its turns. */
  readonly stepsPerSecond: Spread;
  /** Of the first contender's in the same round. */
  readonly ratio: Spread;
}

interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export const bench: Command = {
  name: 'bench',
  usage: 'bench [--json]',
  summary: 'Steps per second of the engines on this machine, and their ratios.',
  help: '  --json  one JSON array of { case, measurements: [{ contender, stepsPerSecond, ratio }] }, each { median, least, most }',
  async run(args) {
    const { values } = parseArguments(args, { json: { type: 'boolean', default: false } });
    const results: { case: string; measurements: readonly Measurement[] }[] = [];
    for (const { name, spec } of CASES) results.push({ case: name, measurements: await compare(spec) });
    const text = values.json
      ? JSON.stringify(results)
      : results.map(({ case: name, measurements }) => asText(name, measurements)).join('\n\n');
    process.stdout.write(`${text}\n`);
    return EXIT_OK;
  },
};

async function compare(spec: RunSpec): Promise<readonly Measurement[]> {
  const all = availableParallelism();
  const one = createNodeTrainers(1);
  const every = createNodeTrainers(all);
  const contenders = [
    { name: 'fused-wasm, 1 worker', turns: takeTurns(one.fused, spec) },
    ...(all === 1 ? [] : [{ name: `fused-wasm, ${all} workers`, turns: takeTurns(every.fused, spec) }]),
    { name: 'reference', turns: takeTurns(one.reference, spec) },
  ];
  const paces = contenders.map((): number[] => []);
  for (const { turns } of contenders) await turns.warmUp();
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, { turns }] of contenders.entries()) paces[i]?.push(await turns.take());
  for (const { turns } of contenders) await turns.stop();
  one.fused.close();
  every.fused.close();
  const baseline = present(paces[0], 'the baseline');
  return contenders.map(({ name }, i) => {
    const own = present(paces[i], name);
    const ratios = own.map((pace, round) => pace / (baseline[round] ?? NaN));
    return { contender: name, stepsPerSecond: spreadOf(own), ratio: spreadOf(ratios) };
  });
}

interface Turns {
  /** Until the engine's compilers are done, and its pace is known. */
  readonly warmUp: () => Promise<void>;
  /** Trains for about `TURN_MS` → steps per second. */
  readonly take: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** One contender's run, which is paused between its turns. */
function takeTurns(trainer: Trainer, spec: RunSpec): Turns {
  const host = createTrainerHost({ now: () => performance.now(), breathe: nextTurn, target: 0 });
  const events: AsyncIterator<RunEvent> = trainer.train(spec, host)[Symbol.asyncIterator]();
  let step = 0;
  let steps = 1;

  async function until(type: RunEvent['type']): Promise<void> {
    for (;;) {
      const next = await events.next();
      if (next.done === true || next.value.type === type) return;
      if (next.value.type === 'failed') throw new Error(next.value.message);
    }
  }

  async function take(): Promise<number> {
    const before = performance.now();
    step += steps;
    host.setTarget(step);
    await until('paused');
    const pace = (steps * 1_000) / (performance.now() - before);
    steps = Math.max(1, Math.round((pace * TURN_MS) / 1_000));
    return pace;
  }

  return {
    warmUp: async () => {
      await until('paused');
      for (let turn = 0; turn < 4; turn++) await take();
    },
    take,
    stop: () => {
      host.setTarget('stop');
      return until('stopped');
    },
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const valueAt = (index: number): number => present(sorted[index], 'a measurement');
  return { least: valueAt(0), median: valueAt((sorted.length - 1) / 2), most: valueAt(sorted.length - 1) };
}

function asText(name: string, measurements: readonly Measurement[]): string {
  const lines = measurements.map(
    ({ contender, stepsPerSecond, ratio }) =>
      `  ${contender.padEnd(22)} ${spreadAsText(stepsPerSecond)} steps/s, ${spreadAsText(ratio)} times the first`,
  );
  return [name, ...lines].join('\n');
}

const spreadAsText = ({ median, least, most }: Spread): string =>
  `${short(median)} (${short(least)} to ${short(most)})`;
const short = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
