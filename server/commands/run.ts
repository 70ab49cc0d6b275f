/** `polytope run`: trains one experiment and prints what came out. */
import { chooseTrainer } from '#lib/engine/choose';
import { createTrainerHost, type SteeredHost } from '#lib/engine/host';
import type { Trainer } from '#lib/engine/trainer';
import type { RunEvent } from '#lib/runs/events';
import type { RunSpec } from '#lib/spec/spec';
import { isSweep } from '#lib/spec/tiles';
import { isTfjsEngine, loadTfjsTrainer, TFJS_ENGINES } from '../compute/tfjs.ts';
import { createNodeTrainers, nextTurn, type NodeTrainers } from '../compute/trainers.ts';
import {
  CommandError,
  EXIT_FAILED,
  EXIT_INTERRUPTED,
  EXIT_OK,
  parseArguments,
  parseCount,
  type Command,
} from './command.ts';
import { createProgress } from './progress.ts';
import { requestRun } from './request.ts';
import { createCollector } from './run-result.ts';
import { createSweepCollector } from './sweep-result.ts';

const ENGINES = ['auto', 'fused-wasm', 'fused-wasm+relaxed', 'reference', ...TFJS_ENGINES] as const;

export const run: Command = {
  name: 'run',
  usage: 'run <experiment> [--seed N] [--steps N] [--set key=value …] [--engine …] [--workers N] [--json]',
  summary: 'Trains an experiment and prints its models, the best of each density marked.',
  help: `  --seed N         the same as --set seed=N
  --steps N        the same as --set steps=N
  --set key=value  any parameter of \`polytope list\`; may be given several times, the last one wins
  --engine NAME    ${ENGINES.join(', ')};
                   auto takes fused-wasm, whose bits are the same on every machine, and for long runs the relaxed
                   variant, whose bits are not; those on tfjs are the slow oracle
  --workers N      threads of the fused engine, one per core unless given; 0 trains in the main thread
  --json           one JSON object on standard output. Of each instance, loss is the last minibatch's on the final weights,
                   and evaluationLoss that of 65,536 fixed samples, both means over features. Of more than 4,096 models, which are
                   trained as a sweep in tiles, the best of each cell in numbers, without its weights

  Progress is written to standard error. Ctrl-C stops the run and exits with 130.`,
  async run(args) {
    const { values, positionals } = parseArguments(args, {
      seed: { type: 'string' },
      steps: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      engine: { type: 'string', default: 'auto' },
      workers: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    const shorthands = (['seed', 'steps'] as const).flatMap((key) => {
      const value = values[key];
      return value === undefined ? [] : [`${key}=${value}`];
    });
    const request = requestRun(positionals, [...values.set, ...shorthands]);
    const trainers =
      values.workers === undefined
        ? createNodeTrainers()
        : createNodeTrainers(parseCount('workers', values.workers, 0));
    const trainer = await requestedTrainer(values.engine, request.spec, trainers);
    try {
      const collector = isSweep(request.spec) ? createSweepCollector(request) : createCollector(request);
      const ended = await train(trainer, request.spec, collector.take);
      if (ended.type === 'stopped') return EXIT_INTERRUPTED;
      if (ended.type === 'failed') {
        process.stderr.write(`${ended.message}\n`);
        return EXIT_FAILED;
      }
      process.stdout.write(values.json ? `${JSON.stringify(collector.asJson())}\n` : collector.asText());
      return EXIT_OK;
    } finally {
      trainers.fused.close();
    }
  },
};

async function requestedTrainer(engine: string, spec: RunSpec, trainers: NodeTrainers): Promise<Trainer> {
  if (engine === 'auto') return chooseTrainer(spec, trainers.all).trainer;
  const trainer = isTfjsEngine(engine)
    ? await loadTfjsTrainer(engine)
    : [trainers.fused, trainers.fused.relaxed, trainers.reference].find((each) => each?.engine.name === engine);
  if (typeof trainer === 'string') throw new CommandError(trainer);
  if (trainer === undefined && engine === 'fused-wasm+relaxed')
    throw new CommandError('This Node has no relaxed SIMD; take --engine fused-wasm.');
  if (trainer === undefined) throw new CommandError(`--engine must be one of ${ENGINES.join(', ')}; ${engine} is not.`);
  const refusal = trainer.refuses(spec);
  if (refusal !== undefined) throw new CommandError(refusal);
  return trainer;
}

type Ended = Extract<RunEvent, { type: 'finished' | 'stopped' | 'failed' }>;

/** Trains to the end, or until Ctrl-C. */
export async function train(trainer: Trainer, spec: RunSpec, take: (event: RunEvent) => void): Promise<Ended> {
  const host = createTrainerHost({ now: () => performance.now(), breathe: nextTurn });
  const release = stopOnInterrupt(host);
  const progress = createProgress(spec.steps, process.stderr, () => performance.now());
  try {
    for await (const event of trainer.train(spec, host)) {
      take(event);
      progress.take(event);
      if (event.type === 'finished' || event.type === 'stopped' || event.type === 'failed') return event;
    }
    throw new Error('the trainer ended without a last event');
  } finally {
    progress.end();
    release();
  }
}

function stopOnInterrupt(host: SteeredHost): () => void {
  const stop = (): void => host.setTarget('stop');
  process.once('SIGINT', stop);
  return () => process.off('SIGINT', stop);
}
