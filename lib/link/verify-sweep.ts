/**
 * Verify a sweep: cells of the reader's choice once more, all models of each, and what comes out against what the link says of them.
 * Cells do not know of each other, so that the bits of a few are a proof for these few; all of them together have the run's hash, too.
 */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import { heldBy, weightsOf, type Weights } from '#lib/engine/checkpoint';
import type { TrainerHost } from '#lib/engine/trainer';
import { weightNames, weightSize } from '#lib/model/toy';
import { bestReplicas } from '#lib/runs/best';
import type { EngineName } from '#lib/runs/events';
import type { Tensor } from '#lib/runs/tensor-pack';
import { cellCount, instanceCount } from '#lib/spec/cells';
import { nextWeightsHash } from '#lib/spec/hash';
import type { RunSpec } from '#lib/spec/spec';
import { compareBest, compareWeights, type CellCompared } from './compare.ts';
import type { Link } from './link.ts';
import { tensorOf } from './pack.ts';
import { instanceOf, joined, trainCell, type OpenSlice, type TrainedCell } from './retrain.ts';
import { sameBits } from './shown-frames.ts';
import { isSameEngine, judge, spell, type Verdict } from './verify.ts';

/** Cells that are compared model by model though nothing is wrong with them: as many as are read. */
const TOLD = 24;

/** A loss of four digits, of which a room keeps three, as a share of it; and what float16 has below, and no longer above. */
const ROUNDED = { share: 2e-3, least: 1e-7, most: 65_504 };

/** `cells` ascend; all of them are held to the run's hash. */
export async function verifySweep(
  link: Link,
  cells: readonly number[],
  engine: EngineName,
  open: OpenSlice,
  host: Pick<TrainerHost, 'now' | 'breathe'>,
  progress: (step: number) => void = () => undefined,
): Promise<Verdict> {
  const { spec } = link;
  const begun = host.now();
  const held = link.weights.tensors.map(tensorOf);
  const shown: Weights[] = [];
  const compared: CellCompared[] = [];
  const wrong = { choice: 0, loss: 0 };
  let hash = '';
  for (const [k, cell] of cells.entries()) {
    const trained = await trainCell(spec, cell, open, host, (step) => {
      progress(Math.floor((k * spec.steps + step) / cells.length));
    });
    const here = holdCell(link, held, cell, trained);
    hash = hashAfter(hash, spec, trained);
    shown.push(here.shown);
    wrong.choice += here.isBest ? 0 : 1;
    wrong.loss += here.hasItsLoss ? 0 : 1;
    if (compared.length < TOLD || !isRight(here)) {
      const models = compareBest(link, held, cell, tensorsOf(spec, [here.best]));
      compared.push(here.isHeld ? withClaims(models, here) : models);
    }
  }
  const instances = cells.map((cell) => shownInstance(link, cell));
  const weights = compareWeights(link, { instances, tensors: tensorsOf(spec, shown) });
  const all = cells.length === cellCount(spec);
  const judged =
    (weights.equal === weights.numbers ? wrongClaim(wrong, cells.length) : undefined) ??
    judge(link, isSameEngine(link, engine), all ? hash : null, weights, compared);
  const models = { trained: cells.length * spec.replicas, of: instanceCount(spec) };
  return { ...judged, engine, seconds: (host.now() - begun) / 1_000, models, weights, cells: compared };
}

/** A cell that was trained here, beside what the link says of it. */
interface HeldCell {
  /** As it came out here: the model that the link shows, and the best. */
  readonly shown: Weights;
  readonly best: Weights;
  /** The link shows the best, has its bits, and states its loss. */
  readonly isBest: boolean;
  readonly isHeld: boolean;
  readonly hasItsLoss: boolean;
  /** Of the model that the link shows: what it states, and as it came out here. */
  readonly loss: CellCompared['loss'];
}

const isRight = ({ isBest, isHeld, hasItsLoss }: HeldCell): boolean => isBest && isHeld && hasItsLoss;

/** Of a model with the same bits, what the link says of it: a claim that is wrong is seen in its row. */
const withClaims = (models: CellCompared, { isBest, hasItsLoss, loss }: HeldCell): CellCompared => ({
  ...models,
  loss: hasItsLoss ? models.loss : loss,
  same: isBest && hasItsLoss,
});

function holdCell(link: Link, held: readonly Tensor[], cell: number, { state, losses }: TrainedCell): HeldCell {
  const { spec, result } = link;
  const modelOf = (replica: number): Weights => weightsOf(instanceOf(state, replica, spec.replicas));
  const told = shownInstance(link, cell) % spec.replicas;
  const best = bestReplicas([...losses], spec.replicas)[0]?.replica ?? 0;
  const shown = modelOf(told);
  const loss = { link: result.evaluationLoss[cell] ?? NaN, here: losses[told] ?? NaN };
  return {
    shown,
    best: modelOf(best),
    isBest: best === told,
    isHeld: hasBits(spec, held, cell, shown),
    hasItsLoss: isRounded(loss.link, loss.here),
    loss,
  };
}

const shownInstance = ({ weights }: Link, cell: number): number => present(weights.instances[cell], 'a cell');

const hashAfter = (before: string, { model }: RunSpec, { state }: TrainedCell): string =>
  nextWeightsHash(
    before,
    weightNames(model).map((name) => heldBy(state, name)),
  );

/** None is told of one that diverged, and of one that a room has no number for. */
const isRounded = (told: number, loss: number): boolean =>
  Number.isFinite(told)
    ? Number.isFinite(loss) && Math.abs(told - loss) <= ROUNDED.share * loss + ROUNDED.least
    : !(loss <= ROUNDED.most);

const hasBits = ({ model }: RunSpec, held: readonly Tensor[], cell: number, here: Weights): boolean =>
  weightNames(model).every((name, k) =>
    sameBits(rowOf(held[k]?.data ?? new Float32Array(), cell, weightSize(model, name)), heldBy(here, name)),
  );

const tensorsOf = ({ model }: RunSpec, models: readonly Weights[]): readonly Tensor[] =>
  weightNames(model).map((name) => joined(name, models));

/** What is wrong with what it says of models whose bits are the same. */
function wrongClaim(
  wrong: Readonly<Record<'choice' | 'loss', number>>,
  cells: number,
): Pick<Verdict, 'kind' | 'why'> | undefined {
  const of = (count: number): string => `${spell(count)} of ${spell(cells)} cells`;
  if (wrong.choice > 0)
    return { kind: 'different', why: `In ${of(wrong.choice)} another model is better than the one that it shows.` };
  if (wrong.loss > 0)
    return { kind: 'different', why: `Of ${of(wrong.loss)} it states another loss than the model has.` };
  return undefined;
}
