/** Holding claims against the models: what to train for one, what wrong models to try on it, and what comes out. */
import { rowOf } from '#lib/base/matrix';
import { initialWeights } from '#lib/model/init';
import { evaluationLoss } from '#lib/measure/evaluation-loss';
import { cellCount, cellOf, cellParameters, importances, instanceCount, originOf } from '#lib/spec/cells';
import { specHash } from '#lib/spec/hash';
import type { RunSpec } from '#lib/spec/spec';
import {
  CLAIM_SEEDS,
  isMet,
  type Budget,
  type ExactClaim,
  type FinishedRun,
  type NullResult,
  type SampledClaim,
  type StatisticalClaim,
} from './claim.ts';
import { claimSpec, isExperiment, type Experiment, type Subject } from './experiment.ts';
import { ledgerClaim, type LedgerClaim } from './ledger.ts';
import { draw } from './picture.ts';

export interface Holding {
  readonly budget: Budget;
  /** Trains, or remembers. Rejects where that fails. */
  readonly train: (spec: RunSpec) => Promise<TrainedRun>;
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
}

export interface TrainedRun extends FinishedRun {
  /** Name and device. */
  readonly engine: string;
  /** Of training. */
  readonly seconds: number;
}

/** The claim `id` of a subject, measured and judged. */
export async function holdClaim(subject: Subject, id: string, holding: Holding): Promise<LedgerClaim> {
  const claim = subject.claims.find((each) => each.id === id);
  if (claim === undefined) throw new RangeError(`${subject.key} has no claim ${id}.`);
  if (claim.kind === 'exact') return holdExact(subject, claim, holding);
  if ('sample' in claim) return holdSampled(subject, claim, holding);
  if (!isExperiment(subject)) throw new TypeError(`${subject.key} has no experiment to train for ${id}.`);
  return holdStatistical(subject, claim, holding);
}

function holdExact(subject: Subject, claim: ExactClaim, { now, budget }: Holding): LedgerClaim {
  const before = now();
  const quantities = claim.measure();
  const seconds = (now() - before) / 1_000;
  return ledgerClaim(subject.key, claim, {
    measurements: [quantities],
    nulls: [],
    engine: 'evaluator',
    seeds: [],
    seconds,
    specHashes: [],
    budget,
    curves: budget === 'full' && claim.picture !== undefined ? draw(claim.picture) : undefined,
  });
}

function holdSampled(subject: Subject, claim: SampledClaim, { now, budget }: Holding): LedgerClaim {
  const before = now();
  const measurements = CLAIM_SEEDS.map((seed) => claim.sample(seed));
  const passed = CLAIM_SEEDS.filter((seed) => claim.wrong.sample(seed).every((quantity) => isMet(quantity, budget)));
  return ledgerClaim(subject.key, claim, {
    measurements,
    nulls: [{ words: claim.wrong.words, passed: passed.length, of: CLAIM_SEEDS.length }],
    engine: 'sampler',
    seeds: CLAIM_SEEDS,
    seconds: (now() - before) / 1_000,
    specHashes: [],
    budget,
  });
}

async function holdStatistical(
  experiment: Experiment,
  claim: StatisticalClaim,
  { budget, train }: Holding,
): Promise<LedgerClaim> {
  const runs: TrainedRun[] = [];
  for (const seed of CLAIM_SEEDS) runs.push(await train(claimSpec(experiment, claim, budget, seed)));
  const wrong =
    claim.wrong === undefined
      ? undefined
      : await train(claimSpec(experiment, claim, budget, CLAIM_SEEDS[0], claim.wrong.parameters));
  const trained = wrong === undefined ? runs : [...runs, wrong];
  return ledgerClaim(experiment.key, claim, {
    measurements: runs.map((run) => claim.measure(run)),
    nulls: nullsOf(claim, runs, wrong, budget),
    engine: [...new Set(trained.map(({ engine }) => engine))].join(', '),
    seeds: CLAIM_SEEDS,
    seconds: trained.reduce((sum, { seconds }) => sum + seconds, 0),
    specHashes: runs.map(({ spec }) => specHash(spec)),
    budget,
  });
}

function nullsOf(
  claim: StatisticalClaim,
  runs: readonly FinishedRun[],
  wrong: FinishedRun | undefined,
  budget: Budget,
): NullResult[] {
  const count = (words: string, others: readonly FinishedRun[]): NullResult => ({
    words,
    ...countPassing(claim, others, budget),
  });
  const nulls = [count('untrained', runs.map(untrained))];
  if (wrong !== undefined) nulls.push(count(claim.wrong?.words ?? '', [wrong]));
  if (runs.some(({ spec }) => cellCount(spec) > 1))
    nulls.push(count('trained, but each shown as the next cell', runs.map(exchanged)));
  return nulls;
}

/** Every replica by itself stands for its cell: the chance that one wrong model would do. */
function countPassing(
  claim: StatisticalClaim,
  runs: readonly FinishedRun[],
  budget: Budget,
): Pick<NullResult, 'passed' | 'of'> {
  const each = runs.flatMap((run) =>
    Array.from({ length: run.spec.replicas }, (_, replica) => ({ ...run, best: run.best.map(() => ({ replica })) })),
  );
  const passes = (run: FinishedRun): boolean => claim.measure(run).every((quantity) => isMet(quantity, budget));
  return { passed: each.filter(passes).length, of: each.length };
}

/** Enough to tell an untrained model's loss from a trained one's. */
const NULL_SAMPLES = 2_048;

/** The same run, as it starts. */
function untrained(run: FinishedRun): FinishedRun {
  const { spec } = run;
  const { model } = spec;
  const starts = Array.from({ length: instanceCount(spec) }, (_, instance) =>
    initialWeights(model, model.initScale, originOf(spec, instance)),
  );
  const losses = starts.map((W, instance) =>
    evaluationLoss(W, new Float32Array(model.n), {
      model,
      density: cellParameters(spec, cellOf(spec, instance)).density,
      importance: importances(spec),
      samples: NULL_SAMPLES,
    }),
  );
  return {
    ...run,
    W: Float32Array.from(starts.flatMap((W) => [...W])),
    b: new Float32Array(run.b.length),
    evaluationLoss: losses,
  };
}

/** The same run with the models of each cell in the place of the one before. */
function exchanged(run: FinishedRun): FinishedRun {
  const cells = cellCount(run.spec);
  const turn = (tensor: Float32Array): Float32Array => {
    const size = tensor.length / cells;
    return Float32Array.from([...tensor.subarray(size), ...rowOf(tensor, 0, size)]);
  };
  const losses = [...run.evaluationLoss.slice(run.spec.replicas), ...run.evaluationLoss.slice(0, run.spec.replicas)];
  return { ...run, W: turn(run.W), b: turn(run.b), evaluationLoss: losses };
}
