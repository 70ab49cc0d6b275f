/** Entry of a process that trains one case of the benchmark for a moment, and says how much memory that took: `bench` starts one for each contender. */
import { createTrainerHost } from '#lib/engine/host';
import type { Trainer } from '#lib/engine/trainer';
import { isTfjsEngine, loadTfjsTrainer } from '../compute/tfjs.ts';
import { createNodeTrainers, nextTurn } from '../compute/trainers.ts';
import { CASES, specOfCase } from './cases.ts';

/** ms of training, at least two steps: by then everything that lasts has been allocated, and collected once or twice. */
const PROBED_MS = 1_000;

async function trainerOf(engine: string, threads: number): Promise<Trainer> {
  const { fused, reference } = createNodeTrainers(threads === 1 ? 0 : threads);
  const held = isTfjsEngine(engine)
    ? await loadTfjsTrainer(engine)
    : [fused, fused.relaxed, reference].find((trainer) => trainer?.engine.name === engine);
  if (held === undefined || typeof held === 'string') throw new Error(held ?? `There is no engine ${engine} here.`);
  return held;
}

async function probe([name, engine = '', threads]: readonly string[]): Promise<number> {
  const shape = CASES.find((each) => each.name === name);
  if (shape === undefined) throw new Error(`There is no case ${String(name)}.`);
  const trainer = await trainerOf(engine, Number(threads));
  const spec = specOfCase(shape);
  const before = mostBytes();
  const begun = performance.now();
  const host = createTrainerHost({ now: () => performance.now(), breathe: nextTurn });
  for await (const event of trainer.train(spec, host)) {
    if (event.type === 'failed') throw new Error(event.message);
    if (event.type === 'metrics' && event.step >= 2 && performance.now() - begun > PROBED_MS) break;
  }
  return mostBytes() - before;
}

/** The most there ever was, since Node counts it in units of 1,024 bytes: from peak to peak, as PyTorch's is told. */
const mostBytes = (): number => process.resourceUsage().maxRSS * 1_024;

process.send?.({ bytes: await probe(process.argv.slice(2)) });
process.exit(0);
