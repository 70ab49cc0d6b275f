/** What a claim is: a sentence about the models that can turn out wrong, and how it is judged. README.md says how to write one. */
import { present } from '#lib/base/assert';
import { rowOf } from '#lib/base/matrix';
import type { Parameters } from '#lib/spec/parameters';
import type { RunSpec } from '#lib/spec/spec';
import type { Picture } from './picture.ts';

export type Claim = ExactClaim | StatisticalClaim | SampledClaim;

interface ClaimText {
  /** Stable, unique within its subject: addresses hold it. */
  readonly id: string;
  /** Of the paper. */
  readonly section: string;
  /** What is claimed, in one sentence. */
  readonly sentence: string;
  /** Where the paper's words say otherwise: what they say, and why it is not so. Some quantity then has `paper`. */
  readonly reason?: string;
  /** Where it is not the paper itself that says otherwise: whose value `paper` is, as the head of a column. */
  readonly source?: string;
}

/** Computed without sampling, by lib/measure/exact or a closed form. */
export interface ExactClaim extends ClaimText {
  readonly kind: 'exact';
  readonly measure: () => readonly Quantity[];
  /** What it looks like, where it is more than a few numbers. */
  readonly picture?: Picture;
}

/** Found by training: the best of the replicas shows it, for each of `CLAIM_SEEDS`, and wrong models do not. */
export interface StatisticalClaim extends ClaimText {
  readonly kind: 'statistical';
  /** Where its run differs from the experiment's. */
  readonly parameters: Partial<Parameters>;
  /** Where its run differs again so that the tests can afford it. */
  readonly smallParameters: Partial<Parameters>;
  /** A run that should not show it: what differs, and in words. Where the run has several cells, theirs are exchanged instead. */
  readonly wrong?: { readonly parameters: Partial<Parameters>; readonly words: string };
  readonly measure: (run: FinishedRun) => readonly Quantity[];
}

/** About random numbers themselves: drawn, not trained, for each of `CLAIM_SEEDS`. */
export interface SampledClaim extends ClaimText {
  readonly kind: 'statistical';
  readonly sample: (seed: number) => readonly Quantity[];
  /** Numbers that should not show it, and what they are. */
  readonly wrong: { readonly sample: (seed: number) => readonly Quantity[]; readonly words: string };
}

/** Every statistical claim must hold for each. */
export const CLAIM_SEEDS = [1, 2, 3] as const;

/** One number, or name, that a claim is about. */
export interface Quantity<M = number | string> {
  readonly name: string;
  readonly measured: M;
  readonly expected: number | string;
  /** Absolute; 0 for names and counts. Of the full run: it comes from the target, never from what a run gave. */
  readonly tolerance: number;
  /** What a small run, with fewer steps and replicas, is let off with; absent: the same. */
  readonly smallTolerance?: number;
  /** With it, the expectation is a bound. */
  readonly bound?: 'at least' | 'at most';
  readonly unit?: string;
  /** What the paper, or its re-runs, say where we find something else. */
  readonly paper?: number | string;
  /** Of `paper`; absent: as for what is expected. */
  readonly paperTolerance?: number;
}

/** small: the runs that the tests train. full: what the ledger tells. */
export type Budget = 'small' | 'full';

export interface FinishedRun {
  readonly spec: RunSpec;
  /** [I, n, m] */
  readonly W: Float32Array;
  /** [I, n] */
  readonly b: Float32Array;
  /** [I] */
  readonly evaluationLoss: readonly number[];
  /** [cells] which replica stands for the cell. */
  readonly best: readonly { readonly replica: number }[];
}

/** W [n, m] and b [n] of a cell's best replica. */
export function bestModel({ spec, W, b, best }: FinishedRun, cell: number): { W: Float32Array; b: Float32Array } {
  const { n, m } = spec.model;
  const instance = cell * spec.replicas + present(best[cell], `the best of cell ${cell}`).replica;
  return { W: rowOf(W, instance, n * m), b: rowOf(b, instance, n) };
}

/** Is the quantity where it is expected? NaN never is. */
export const isMet = (quantity: Quantity, budget: Budget): boolean =>
  agrees(quantity, quantity.expected, allowed(quantity, budget));

const allowed = ({ tolerance, smallTolerance = tolerance }: Quantity, budget: Budget): number =>
  budget === 'small' ? smallTolerance : tolerance;

/** Would it be, had the paper's value been expected? */
const agreesWithPaper = (quantity: Quantity): boolean =>
  quantity.paper !== undefined && agrees(quantity, quantity.paper, quantity.paperTolerance ?? quantity.tolerance);

function agrees({ measured, bound }: Quantity, expected: number | string, tolerance: number): boolean {
  if (typeof measured === 'string' || typeof expected === 'string') return measured === expected;
  if (bound === 'at least') return measured >= expected - tolerance;
  if (bound === 'at most') return measured <= expected + tolerance;
  return Math.abs(measured - expected) <= tolerance;
}

/** differs: it is as we expect, and not as the paper's words say. */
export type Status = 'holds' | 'differs' | 'fails';

/** How often wrong models pass the same test: the chance that it would be fooled. */
export interface NullResult {
  /** What the wrong models are. */
  readonly words: string;
  readonly passed: number;
  readonly of: number;
}

/** A test that more wrong models than this pass proves nothing. */
export const NULL_SHARE = 0.05;

/** `measurements`: the quantities of one evaluation, or of each seed. */
export function judge(
  claim: Claim,
  measurements: readonly (readonly Quantity[])[],
  nulls: readonly NullResult[],
  budget: Budget = 'full',
): Status {
  const all = measurements.flat();
  const isFooled = nulls.some(({ passed, of }) => passed > NULL_SHARE * of);
  if (all.length === 0 || isFooled || !all.every((quantity) => isMet(quantity, budget))) return 'fails';
  if (claim.reason === undefined) return all.some(({ paper }) => paper !== undefined) ? 'fails' : 'holds';
  // A reason that explains nothing is as wrong as a number that is off. Small runs cannot tell.
  return budget === 'small' || differsSomewhere(measurements) ? 'differs' : 'fails';
}

/** Of each quantity that the paper gives otherwise, some measurement is not as the paper says. */
function differsSomewhere(measurements: readonly (readonly Quantity[])[]): boolean {
  const given = (measurements[0] ?? []).flatMap(({ paper }, q) => (paper === undefined ? [] : [q]));
  const isOff = (q: number): boolean => measurements.some((each) => each[q] !== undefined && !agreesWithPaper(each[q]));
  return given.length > 0 && given.every(isOff);
}
