/**
 * Verify: a link's run once more, here, and what comes out against what the link says. On the engine that the link was trained on,
 * where that is a portable one, the bits decide. On any other they cannot: training bifurcates, and two engines part after some
 * hundred steps; then it is the best model of each cell that must be the same solution, within `TOLERANCES`.
 *
 * Nothing that the link says of its weights is believed: loss and measures are taken from the weights themselves.
 */
import { present } from '#lib/base/assert';
import { revisionOf } from '#lib/engine/revision';
import type { Trainer, TrainerHost } from '#lib/engine/trainer';
import type { EngineName } from '#lib/runs/events';
import { instanceCount } from '#lib/spec/cells';
import {
  compareCells,
  compareShown,
  compareWeights,
  TOLERANCES,
  type CellCompared,
  type WeightsCompared,
} from './compare.ts';
import type { Link } from './link.ts';
import { replay, trainShown, type OpenSlice } from './retrain.ts';
import { framesOf } from './shown-frames.ts';

export interface Verdict {
  /** identical: bit for bit. same: another way to the same solution. different: the link's weights are not what its spec trains. */
  readonly kind: 'identical' | 'same' | 'different';
  /** For people: what decided. */
  readonly why: string;
  /** What it was trained on here. */
  readonly engine: EngineName;
  /** Training, here. */
  readonly seconds: number;
  /** Models that were trained here: all of the run, or those that the link shows. */
  readonly models: { readonly trained: number; readonly of: number };
  readonly weights: WeightsCompared;
  readonly cells: readonly CellCompared[];
}

/** The first of `trainers` that would give the link's own bits; else the first that takes its spec. Its last one takes everything. */
export function chooseVerifier(link: Link, trainers: readonly [Trainer, ...Trainer[]]): Trainer {
  const able = trainers.filter((trainer) => trainer.refuses(link.spec) === undefined);
  return able.find(({ engine }) => isSameEngine(link, engine)) ?? able[0] ?? present(trainers.at(-1), 'a trainer');
}

export const isSameEngine = ({ engine, spec }: Link, { name }: EngineName): boolean =>
  engine.revision !== null && engine.name === name && engine.revision === revisionOf(name, spec);

/** Trains the link's run to its end with `trainer`. `progress` is told the step reached. Throws what the trainer fails with. */
export async function verifyLink(
  link: Link,
  trainer: Trainer,
  host: Omit<TrainerHost, 'from' | 'amendments'>,
  progress: (step: number) => void = () => undefined,
): Promise<Verdict> {
  const { finished, last, engine } = await replay(link, trainer, host, progress);
  const all = instanceCount(link.spec);
  const instances = Array.from({ length: all }, (_, instance) => instance);
  const weights = compareWeights(link, { instances, tensors: last.tensors });
  const cells = compareCells(link, finished, last);
  const sameEngine = isSameEngine(link, engine);
  const models = { trained: all, of: all };
  const judged = judge(link, sameEngine, finished.weightsHash, weights, cells);
  return { ...judged, engine, seconds: finished.seconds, models, weights, cells };
}

/**
 * The models that the link shows, trained once more on the engine that it was trained on: instances do not know of each other, so
 * that the bits of a few are a proof for these few, in a fraction of the time. Of a link of another engine it would prove nothing.
 */
export async function verifyShown(
  link: Link,
  engine: EngineName,
  open: OpenSlice,
  { now, breathe }: Pick<TrainerHost, 'now' | 'breathe'>,
  progress: (step: number) => void = () => undefined,
): Promise<Verdict> {
  const { spec, timeline } = link;
  const begun = now();
  const frames = framesOf(link);
  const seen = { differing: false };
  const tensors = await trainShown(link, open, { now, breathe }, (cell, step, state) => {
    seen.differing ||= !frames.agree(step, cell, state);
    progress(Math.floor((cell * spec.steps + step) / timeline.instances.length));
  });
  const weights = compareWeights(link, { instances: timeline.instances, tensors });
  const cells = compareShown(link, tensors);
  const models = { trained: cells.length, of: instanceCount(spec) };
  const judged =
    seen.differing && weights.equal === weights.numbers ? OTHER_FRAMES : judge(link, true, null, weights, cells);
  return { ...judged, engine, seconds: (now() - begun) / 1_000, models, weights, cells };
}

export function judge(
  link: Link,
  sameEngine: boolean,
  /** null: not all models were trained. */
  hash: string | null,
  { numbers, equal }: WeightsCompared,
  cells: readonly CellCompared[],
): Pick<Verdict, 'kind' | 'why'> {
  const { engine, result } = link;
  if (!framesOf(link).end()) return OTHER_END;
  if (equal === numbers && (hash === null || hash === result.weightsHash))
    return { kind: 'identical', why: `All ${spell(numbers)} weights are the same, bit for bit.` };
  if (sameEngine && engine.handOvers === 0)
    return {
      kind: 'different',
      why:
        equal === numbers
          ? 'The weights are the same, but their stated hash is another’s.'
          : `${engine.name} gives the same bits on every machine, and ${spell(numbers - equal)} of ${spell(numbers)} weights are others.`,
    };
  const others = cells.filter(({ same }) => !same);
  if (others.length > 0)
    return { kind: 'different', why: `${spell(others.length)} of ${spell(cells.length)} models came out differently.` };
  return {
    kind: 'same',
    why: `Another engine has other last bits. Loss within ${100 * TOLERANCES.loss}%, lengths within ${TOLERANCES.norm}, the same features and shapes.`,
  };
}

const OTHER_FRAMES = {
  kind: 'different',
  why: 'The final weights are the same, but on its way the figure shows others than were trained.',
} as const;
const OTHER_END = {
  kind: 'different',
  why: 'The figure ends in other weights than those that the link holds.',
} as const;

export const spell = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
